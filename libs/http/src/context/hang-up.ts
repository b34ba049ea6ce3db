/** What tells that nobody waits any more: an AbortSignal, or the {@link HangUp} of a request. */
export interface AbandonSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/**
 * The part of an AbortController that requests need. A load has three of them, and the platform's own, which are event
 * targets with weak references, took a fortieth of its time.
 */
export class HangUp implements AbandonSignal {
  private over = false;
  private listeners: (() => void)[] = [];

  get aborted(): boolean {
    return this.over;
  }

  /** Tells everybody, once. */
  abort(): void {
    if (this.over) return;
    this.over = true;
    const all = this.listeners;
    this.listeners = [];
    for (const listener of all) listener();
  }

  /** Calls `listener` once; never when it is over already, as AbortSignal does. */
  addEventListener(_type: 'abort', listener: () => void): void {
    if (!this.over && !this.listeners.includes(listener)) this.listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const place = this.listeners.indexOf(listener);
    if (place >= 0) this.listeners.splice(place, 1);
  }
}
