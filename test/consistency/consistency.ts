import type { CheckOptions, CheckRow } from '../support/check';
import type { CheckStack } from '../support/fleet/fleet';
import type { History } from './history/history';
import { LIMIT_MS, PROMISE_MS, SLACK_MS } from './history/register';
import { mutants, races } from './races';
import type { Race } from './races/race';
import type { Chaos } from './random/chaos';
import { faults } from './random/faults';
import { storm } from './random/storm';
import { playRaces, type Say, withLab } from './run';

export interface ConsistencyOptions extends CheckOptions {
  /** Ends earlier when so many reads were judged. */
  readonly reads?: number;
  readonly processes: number;
  readonly say: Say;
}

/** The races that a run plays: all of them, or those that its mutants leave open. @throws for an unknown mutant */
function racesFor(names: readonly string[]): readonly Race[] {
  if (names.length === 0) return races;
  return names.flatMap((name) => {
    const open = mutants[name];
    if (!open) throw new Error(`--mutant must be one of ${Object.keys(mutants).join(', ')}, not ${name}`);
    return open;
  });
}

/** Plays the known races, then lets clients and faults rage. A run with a mutant ends as soon as it is caught. */
export function checkConsistency(stack: CheckStack, options: ConsistencyOptions): Promise<CheckRow[]> {
  const { say, seconds, mutants: switchedOff } = options;
  const played = racesFor(switchedOff);
  return withLab(stack, options, async (lab) => {
    const { history } = lab;
    const isOver = () => switchedOff.length > 0 && history.stale > 0;
    await playRaces(lab, played, say);
    const chaos = seconds > 0 && !isOver() ? await storm(lab, { ...options, isOver }) : undefined;
    for (const report of history.reports.slice(0, isOver() ? 2 : 20)) say(`  STALE ${report}`);
    return rowsOf(history, chaos);
  });
}

function rowsOf(history: History, chaos: Chaos | undefined): CheckRow[] {
  const row = (what: string, value: string | number, wanted = '', ok = true): CheckRow => ({
    what,
    value: value.toLocaleString('en'),
    wanted,
    ok,
  });
  const possible = chaos?.possible ?? [];
  return [
    row('reads judged', history.reads),
    row('of them by writers with their token', history.ownReads),
    row('writes acknowledged or found committed', history.writes),
    ...faults.map(({ name }) => {
      const count = chaos?.injected.get(name) ?? 0;
      const left = chaos && !possible.some((fault) => fault.name === name);
      return row(`fault: ${name}`, left ? 'left out: needs servers of its own' : count);
    }),
    ...[...history.refused].map(([kind, count]) => row(`not answered: ${kind}`, count)),
    row('marked as unproven', history.marked),
    row('of them with the primary up', history.markedWithoutNeed),
    row(
      'oldest answer, ms',
      Math.round(history.maxStaleMs),
      `${PROMISE_MS} + ${SLACK_MS}`,
      history.maxStaleMs <= LIMIT_MS,
    ),
    row('stale', history.stale, '0', history.stale === 0),
    row('errors (500)', history.refused.get('500') ?? 0, '0', !history.refused.has('500')),
  ];
}
