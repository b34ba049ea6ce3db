/** Something only the operator can mend; the message says how, so it is shown without a stack. */
export class OperatorError extends Error {}
