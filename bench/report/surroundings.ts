import { cpus, loadavg, totalmem } from 'node:os';

/** What a figure depends on beside the code. */
export interface Surroundings {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly platform: string;
  readonly at: string;
  /** Load average of the last minute when it began: other programs share the machine. */
  readonly loadBefore: number;
}

export const surroundings = (): Surroundings => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
  at: new Date().toISOString(),
  loadBefore: Number(loadavg()[0]!.toFixed(1)),
});

export const inWords = ({ cpu, cores, memoryGb, node, platform, at, loadBefore }: Surroundings): string =>
  `${cores} × ${cpu}, ${memoryGb} GB, Node ${node} (${platform}), ${at}, load average ${loadBefore} before`;
