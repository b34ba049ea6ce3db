import { HttpException } from '@nestjs/common';

/**
 * Ends a handler with a status and no body. It is thrown because Nest gives every returned value the status of
 * `@HttpCode`; headers that were set on the reply before stay.
 */
export class EmptyAnswer extends HttpException {
  constructor(
    status: number,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super('', status);
  }
}

/** RFC 9110, section 15.4.5: the client's copy is still the current one. */
export class NotModified extends EmptyAnswer {
  constructor() {
    super(304);
  }
}

/** The resource has another address now; the cache keeps this like any other answer. */
export class Moved extends EmptyAnswer {
  /** @param location path of the new address, percent-encoded */
  constructor(readonly location: string) {
    super(301, { location });
  }
}
