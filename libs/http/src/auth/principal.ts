export const roles = ['admin', 'customer', 'service'] as const;
export type Role = (typeof roles)[number];

/** Who is asking, as a verified token says. */
export interface Principal {
  /** The token's `sub`, at most 191 characters: the author of reviews, the scope of idempotency keys. */
  readonly subject: string;
  readonly role: Role;
  /** The token's `name`: what is shown beside a review. */
  readonly name?: string;
}
