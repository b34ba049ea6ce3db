import { loadavg } from 'node:os';
import { Lab } from '../lab/lab';
import { lineChart } from '../report/charts';
import { median } from '../report/numbers';
import { inWords, surroundings } from '../report/surroundings';
import { textTable } from '../report/table';
import { writeReport } from '../report/write';
import { Size } from './size';
import { type Grown, growthTable, isBounded, memoryIsFlat, memoryTable } from './table';

export interface GrowthOptions {
  /** Products, ascending; each has five times as many reviews. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  /** Answers of one question in one round. */
  readonly times: number;
  /** Folder of the servers' data. */
  readonly lab: string;
  /** Of the results, without an ending. */
  readonly name: string;
}

const WARM_UP = 20;

/** The same questions to ever larger catalogues, in alternating rounds. @returns whether everything is bounded */
export async function playGrowth(options: GrowthOptions, say: (line: string) => void): Promise<boolean> {
  const around = surroundings();
  say(inWords(around));
  const lab = await Lab.open(options.lab);
  const sizes: Size[] = [];
  try {
    for (const [i, products] of options.sizes.entries())
      sizes.push(await Size.open(lab, products, options.sizes[0]!, i, say));
    const grown = await askAll(sizes, options, say);
    const memory = sizes.map((size) => size.memory());
    const tables = [growthTable(options.sizes, grown), memoryTable(options.sizes, memory)];
    for (const table of tables) say(`\n${textTable(table)}`);
    const loadAfter = Number(loadavg()[0]!.toFixed(1));
    say(`load average ${loadAfter} after`);
    const curves = grown.map(({ title, p50 }) => ({
      name: title,
      points: p50.map((ms, i) => [options.sizes[i]!, ms] as const),
    }));
    const axes = { x: 'products', y: 'p50, ms', logX: true, logY: true };
    const page = writeReport({
      name: options.name,
      title: 'A growing catalogue',
      surroundings: around,
      data: { loadAfter, sizes: options.sizes, grown, memory },
      sections: [
        {
          title: 'Median time of an answer that no cache gives',
          text: `One request after the other, ${options.rounds} × ${options.times} of each question; every answer passes the whole application and is made by the database.`,
          tables,
          charts: [lineChart(curves, axes)],
        },
      ],
    });
    say(`\n${page}`);
    return grown.every(isBounded) && memoryIsFlat(memory);
  } finally {
    await Promise.all(sizes.map((size) => size.close()));
    await lab.close();
  }
}

async function askAll(
  sizes: readonly Size[],
  { rounds, times }: GrowthOptions,
  say: (line: string) => void,
): Promise<Grown[]> {
  for (const size of sizes) await size.watchIdle();
  const grown: Grown[] = [];
  for (const [q, { id, title, bound }] of sizes[0]!.questions.entries()) {
    const medians = sizes.map((): number[] => []);
    const rows: number[] = [];
    for (const size of sizes) {
      await size.check(size.questions[q]!);
      await size.ask(size.questions[q]!, WARM_UP);
      rows.push(await size.rowsRead(size.questions[q]!, times));
    }
    for (let round = 0; round < rounds; round += 1)
      for (const [i, size] of sizes.entries())
        medians[i]!.push(median(await size.ask(size.questions[q]!, times)));
    grown.push({ id, title, ...(bound && { bound }), p50: medians.map(median), rows });
    say(`${title}: ${medians.map((all) => median(all).toFixed(2)).join(', ')} ms; ${rows.join(', ')} rows`);
  }
  return grown;
}
