/** One window holds the counter: two must not sign with one chain. */

const LOCK = "evenhand-counter";

/** Try to hold the counter in this window. `lost` is called if another window takes it. False: another one has it. */
export async function hold(take: boolean, lost: () => void): Promise<boolean> {
  if (!navigator.locks) return true;
  return new Promise((resolve) => {
    const options: LockOptions = take ? { steal: true } : { ifAvailable: true };
    navigator.locks
      .request(LOCK, options, (lock) => {
        resolve(lock !== null);
        return lock ? new Promise<void>(() => {}) : undefined; // held as long as this window lives
      })
      .catch(lost);
  });
}
