import { readFileSync } from 'node:fs';

/** What the harness tells a contender; it listens on this port of 127.0.0.1 and answers there until it is ended. */
export interface Setting {
  readonly port: number;
  /** A file with the bytes that our own application answers. */
  readonly bodyFile: string;
  readonly database: { host: string; port: number; user: string; password: string; database: string };
  readonly redisUrl: string;
  /** For a contender that can do both: it takes a connection for each answer itself, instead of leaving that to the pool. */
  readonly ownConnection?: boolean;
}

export const setting = JSON.parse(process.env['BENCH_SETTING'] ?? 'null') as Setting;

/** The same bytes as ours, for those that do nothing but answer. */
export const sameBytes = (): Buffer => readFileSync(setting.bodyFile);

export const JSON_TYPE = 'application/json; charset=utf-8';
