/** Lets so many tasks run at a time; the others wait in order. */
export interface Turnstile {
  run: <T>(task: () => Promise<T>) => Promise<T>
}

/** @param limit - tasks at a time */
export const createTurnstile = (limit: number): Turnstile => {
  const waiting: (() => void)[] = []
  let running = 0

  return {
    run: async (task) => {
      if (running === limit) {
        // Whoever leaves hands its place over: the count stays.
        await new Promise<void>((enter) => waiting.push(enter))
      } else {
        running += 1
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
