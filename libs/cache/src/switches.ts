/** Guarantees that the test harness switches off one at a time (PRIOR_MUTANTS), to show that its checks notice. */
export interface CacheTestSwitches {
  /** Entries are valid whatever became of their tags' versions. */
  readonly noStamp: boolean;
  /** An entry carries the versions from after its rows were read. */
  readonly stampAfterRead: boolean;
  /** Nobody publishes what a dead writer left in the outbox. */
  readonly noDrain: boolean;
  /** Nobody hears what other processes have dropped, and all go on as if nothing had been. */
  readonly deafFeed: boolean;
  /** Entries live long whatever the follower says. */
  readonly endlessLife: boolean;
  /** Every process loads for itself. */
  readonly noLease: boolean;
}

export const switchesOf = (mutants: readonly string[]): CacheTestSwitches => ({
  noStamp: mutants.includes('no-stamp'),
  stampAfterRead: mutants.includes('stamp-after-read'),
  noDrain: mutants.includes('no-drain'),
  deafFeed: mutants.includes('deaf-feed'),
  endlessLife: mutants.includes('endless-life'),
  noLease: mutants.includes('no-lease'),
});
