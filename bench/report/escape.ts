const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text for HTML and SVG. */
export const escape = (text: string): string => text.replace(/[&<>"]/g, (one) => ENTITIES[one]!);
