/**
 * Whether an Accept header admits JSON (RFC 9110, section 12.5.1). Nothing else is on offer, so no ranking is needed:
 * the most specific range that names JSON decides.
 */
export function acceptsJson(accept: string | undefined): boolean {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json') return true;
  let specificity = -1;
  let accepted = false;
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const rank = ['*/*', 'application/*', 'application/json'].indexOf(type);
    if (rank <= specificity) continue;
    specificity = rank;
    accepted = !parameters.some((parameter) => /^q\s*=\s*0(\.0{0,3})?$/.test(parameter));
  }
  return accepted;
}
