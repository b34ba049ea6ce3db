/** How long an L1 entry answers alone, counted from sending the request that read its versions, ms. */
export const L1_TRUST_MS = 400;
/** When no more of that is left, the versions are asked in the background, so that no request has to wait for them, ms. */
export const RECHECK_BELOW_MS = 150;
/** Requests join the look-up of another if it was proven less than this ago, ms: the same age as an L1 answer may have. */
export const JOIN_WITHIN_MS = 400;
/** A stamp that is known without asking is no older, ms: half of the time that an L1 entry is trusted is left then. */
export const KNOWN_STAMP_MS = 200;
