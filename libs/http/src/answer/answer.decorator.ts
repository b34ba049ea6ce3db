import { HttpCode, applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import 'reflect-metadata';
import type { z } from 'zod';
import { compileWriter } from './writer';

const ANSWER_WRITER = 'prior:answer-writer';

/** Turns a handler's value into the text of its answer. */
export type AnswerWriter = (value: unknown) => string;

type Handler<T> = (...args: never[]) => T | Promise<T>;

export interface AnswerOptions {
  /** Default 200. */
  readonly status?: number;
  readonly description?: string;
  /** Headers of the answer, for the OpenAPI document. */
  readonly headers?: NonNullable<Parameters<typeof ApiResponse>[0]['headers']>;
}

/**
 * Says what a handler answers: for the OpenAPI document, for the compiler (the handler's type must fit), and for the
 * writer that makes the text. Fields that the schema does not name are never sent.
 */
export function Answer<S extends z.ZodType>(schema: S, options: AnswerOptions = {}) {
  const { status = 200, description = 'OK', headers } = options;
  const write = compileWriter(schema) as AnswerWriter;
  const document = applyDecorators(
    HttpCode(status),
    ApiResponse({ status, description, headers, standardSchema: schema }),
  );
  return <H extends Handler<z.output<S>>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    if (descriptor.value) Reflect.defineMetadata(ANSWER_WRITER, write, descriptor.value);
    document(target, key, descriptor);
  };
}

/** The writer that `@Answer` put on a handler; undefined for handlers that answer without a body. */
export function getAnswerWriter(handler: object): AnswerWriter | undefined {
  return Reflect.getMetadata(ANSWER_WRITER, handler) as AnswerWriter | undefined;
}
