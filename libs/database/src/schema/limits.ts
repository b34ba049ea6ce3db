/** The largest number of an INT. */
export const MAX_INT = 2_147_483_647;

/** Letters of a slug: what fits `slug VARCHAR(191)`, with room for the suffix of a second one. */
export const MAX_SLUG = 160;
