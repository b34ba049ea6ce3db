import type { Readable } from 'node:stream';
import { CsvError, parse, type InfoRecord } from 'csv-parse';
import { OperatorError } from '@prior/database';
import { required } from './columns';

/** One record of the file. */
export interface Row {
  /** Where it begins in the file, counted from 1. */
  readonly line: number;
  has(column: string): boolean;
  /** The trimmed cell; '' when it is empty or there is no such column. */
  get(column: string): string;
  /** What is wrong with the record as a whole. */
  readonly fault?: string;
}

/** Where the text stops being CSV. What stood before has been read. */
export class BrokenCsv extends Error {
  constructor(
    readonly line: number,
    reason: string,
  ) {
    super(reason);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quotation mark is opened here and never closed; nothing behind it could be read',
  CSV_INVALID_CLOSING_QUOTE:
    'a quotation mark inside a quoted cell is not doubled; nothing from here on could be read',
  INVALID_OPENING_QUOTE:
    'a quotation mark stands in the middle of a cell; nothing from here on could be read',
};

/**
 * The records of a product CSV, as they come.
 *
 * @throws OperatorError when the first line is not that of a product CSV
 * @throws BrokenCsv at the record that cannot be read
 */
export async function* csvRows(file: Readable): AsyncGenerator<Row> {
  const parser = file.pipe(
    parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true }),
  );
  // pipe() does not hand errors on.
  file.once('error', (error) => parser.destroy(error));
  let header: ReadonlyMap<string, number> | undefined;
  let [lastLine, empty] = [0, 0];
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: InfoRecord }>) {
      const line = lastLine + 1 + (info.empty_lines - empty);
      [lastLine, empty] = [info.lines, info.empty_lines];
      if (header) yield rowOf(record, header, line);
      else header = headerOf(record);
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new BrokenCsv(lastLine + 1, REASONS[error.code] ?? error.message);
  }
  if (!header) throw new OperatorError('The file is empty.');
}

const keyOf = (column: string): string => column.trim().toLowerCase();

function headerOf(cells: readonly string[]): Map<string, number> {
  const header = new Map(cells.map((cell, index) => [keyOf(cell), index]));
  const missing = required.filter((column) => !header.has(keyOf(column)));
  if (missing.length === 0) return header;
  throw new OperatorError(
    `The first line has no column ${missing.map((column) => `"${column}"`).join(', ')}. Expected Shopify's product CSV ` +
      '(Products > Export), with commas between the columns and names in the first line.',
  );
}

function rowOf(cells: readonly string[], header: ReadonlyMap<string, number>, line: number): Row {
  const cut = cells.length !== header.size;
  const undecoded = cells.some((cell) => cell.includes('\ufffd'));
  return {
    line,
    has: (column) => header.has(keyOf(column)),
    get: (column) => cells[header.get(keyOf(column)) ?? -1]?.trim() ?? '',
    ...(cut && { fault: `it has ${cells.length} cells, but the first line names ${header.size} columns` }),
    ...(undecoded && { fault: 'it is not UTF-8: save the file as "CSV UTF-8"' }),
  };
}
