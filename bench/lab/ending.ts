type End = () => Promise<void>;

const running: End[] = [];
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Keeps what would outlive this program, servers and processes: a signal ends them, the youngest first, before it ends
 * the program.
 *
 * @returns takes it from the list again: it has ended
 */
export function endWithUs(end: End): () => void {
  if (running.push(end) === 1) process.once('SIGINT', endAll).once('SIGTERM', endAll).once('SIGHUP', endAll);
  return () => {
    const place = running.indexOf(end);
    if (place >= 0) running.splice(place, 1);
    if (running.length === 0) for (const name of Object.keys(CODES)) process.removeListener(name, endAll);
  };
}

async function endAll(signal: keyof typeof CODES): Promise<void> {
  process.stderr.write('Stopped.\n');
  // What cannot be ended must not keep the others.
  for (let end = running.pop(); end; end = running.pop()) await end().catch(() => undefined);
  process.exit(CODES[signal]);
}
