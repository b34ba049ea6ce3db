import type { z } from 'zod';

export type Shape = Readonly<Record<string, z.ZodType>>;
export type Values<S extends Shape> = { readonly [K in keyof S]: z.output<S[K]> };

/** Reports a fault that only shows when several variables are seen together. */
export type ReportProblem = (variable: string, message: string) => void;

export interface Group<S extends Shape, T> {
  readonly variables: S;
  readonly build: (values: Values<S>, problem: ReportProblem) => T;
}

/**
 * A part of the configuration: its variables, and the object that the code sees. A new variable is a line in
 * `variables` and a line in `build` of one group's file; nothing else has to change.
 */
export const group = <S extends Shape, T>(
  variables: S,
  build: (values: Values<S>, problem: ReportProblem) => T,
): Group<S, T> => ({ variables, build });
