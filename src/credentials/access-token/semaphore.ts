/** Lets so many tasks run at a time; some more wait in order, the rest is refused. */
export interface Semaphore {
  run: <T>(task: () => Promise<T>) => Promise<T>
}

/**
 * @param limit - tasks at a time
 * @param maxWaiting - tasks that may wait
 * @param refusal - makes the error for those beyond
 */
export const createSemaphore = (
  limit: number,
  maxWaiting: number,
  refusal: () => Error
): Semaphore => {
  const waiting: (() => void)[] = []
  let running = 0

  return {
    run: async (task) => {
      if (running < limit) {
        running += 1
      } else if (waiting.length < maxWaiting) {
        // Whoever leaves hands its place over: the count stays.
        await new Promise<void>((enter) => waiting.push(enter))
      } else {
        throw refusal()
      }
      try {
        return await task()
      } finally {
        const enter = waiting.shift()
        if (enter) {
          enter()
        } else {
          running -= 1
        }
      }
    },
  }
}
