/**
 * Runs a task and shows meanwhile, every so often, that it is alive.
 *
 * @param everyMs - time between two beats, in ms
 * @param beat - one that fails is followed by the next
 */
export const withHeartbeat = async <T>(
  everyMs: number,
  beat: () => Promise<unknown>,
  task: () => Promise<T>
): Promise<T> => {
  const timer = setInterval(() => void beat().catch(() => undefined), everyMs)
  timer.unref()
  try {
    return await task()
  } finally {
    clearInterval(timer)
  }
}
