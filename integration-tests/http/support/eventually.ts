import { setTimeout as sleep } from "node:timers/promises"

/** How long something that happens in the background may take, in ms. */
const PATIENCE_MS = 15_000

/**
 * Repeats an assertion until it holds, and fails with its last failure.
 *
 * @param patienceMs - after how many ms
 */
export const eventually = async (
  assertion: () => Promise<void>,
  patienceMs = PATIENCE_MS
): Promise<void> => {
  const deadline = Date.now() + patienceMs
  for (;;) {
    try {
      return await assertion()
    } catch (error) {
      if (Date.now() > deadline) {
        throw error
      }
      await sleep(100)
    }
  }
}
