import { SingleBar } from 'cli-progress';

export interface Progress {
  /** @param done so far; with `total` when that has changed */
  update(done: number, total?: number): void;
  stop(): void;
}

const QUIET_STEP = 0.1;

/** A bar on a terminal, otherwise a line for every tenth (for logs). Writes to stderr, so that stdout is only results. */
export function progress(label: string, total: number): Progress {
  return process.stderr.isTTY ? bar(label, total) : lines(label, total);
}

function bar(label: string, total: number): Progress {
  const single = new SingleBar({
    format: `  ${label.padEnd(22)} [{bar}] {percentage}%  {value}/{total}  {eta_formatted} left`,
    hideCursor: true,
  });
  single.start(total, 0);
  return {
    update(done, newTotal) {
      if (newTotal !== undefined) single.setTotal(newTotal);
      single.update(done);
    },
    stop: () => single.stop(),
  };
}

function lines(label: string, total: number): Progress {
  let shown = 0;
  let whole = total;
  return {
    update(done, newTotal) {
      whole = newTotal ?? whole;
      const share = whole === 0 ? 1 : done / whole;
      if (share < shown + QUIET_STEP && done < whole) return;
      if (share >= 1 && shown >= 1) return;
      shown = share;
      console.error(`  ${label}: ${done} of ${whole} (${Math.floor(share * 100)} %)`);
    },
    stop: () => undefined,
  };
}
