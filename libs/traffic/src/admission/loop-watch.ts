import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import type { LoopState } from './loop-shed';

const RESOLUTION_MS = 10;

/** Watches this process's event loop; costs a timer inside libuv and no JavaScript. */
export class LoopWatch {
  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private last = performance.eventLoopUtilization();

  constructor() {
    this.delay.enable();
  }

  /** What happened since the last call. */
  read(): LoopState {
    const now = performance.eventLoopUtilization();
    const busy = performance.eventLoopUtilization(now, this.last).utilization;
    this.last = now;
    // In a turn longer than the window the timer has not gone off at all, and the whole turn was lag.
    const least = this.delay.count === 0 ? Infinity : this.delay.min / 1e6 - RESOLUTION_MS;
    this.delay.reset();
    return { leastLagMs: Math.max(0, least), busy };
  }

  close(): void {
    this.delay.disable();
  }
}
