const DAY_MS = 86_400_000;
/** Products of a page were made on few days, and `toISOString` spends its time on the calendar. */
const MAX_DAYS = 1_000;
const days = new Map<number, string>();

const TWO = Array.from({ length: 60 }, (_, n) => (n < 10 ? `0${n}` : `${n}`));

/**
 * What `Date.prototype.toISOString` makes of a time, several times as fast for days that come again.
 *
 * @param ms Unix time, ms; whole
 * @throws RangeError for what no Date can be
 */
export function isoTime(ms: number): string {
  const day = Math.floor(ms / DAY_MS);
  let date = days.get(day);
  if (date === undefined) {
    // '2026-01-31T', or with a sign and six digits for years beyond 9999.
    date = new Date(day * DAY_MS).toISOString().slice(0, -13);
    if (days.size === MAX_DAYS) days.clear();
    days.set(day, date);
  }
  const rest = ms - day * DAY_MS;
  const seconds = Math.floor(rest / 1_000);
  const minutes = Math.floor(seconds / 60);
  const thousandths = rest % 1_000;
  const fraction = thousandths === 0 ? '000' : `${thousandths}`.padStart(3, '0');
  return `${date}${TWO[Math.floor(minutes / 60)]}:${TWO[minutes % 60]}:${TWO[seconds % 60]}.${fraction}Z`;
}
