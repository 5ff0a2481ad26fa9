import type { TaskContext } from "../support/protocol"
import { drill, release, seedDrill } from "./kill-drill"

export { seedDrill }

/** By how much this process has grown since it began, in bytes. */
export interface Growth {
  growth: number
}

const BETWEEN_LOOKS_MS = 20

/** Takes over what nobody works on any more, and tells meanwhile how the process grows. */
export const publish = async (
  context: TaskContext,
  _input: null
): Promise<void> => {
  const before = process.memoryUsage.rss()
  const look = setInterval(
    () =>
      context.emit({
        growth: process.memoryUsage.rss() - before,
      } satisfies Growth),
    BETWEEN_LOOKS_MS
  )
  await release(context, null)
  await drill(context, {})
  clearInterval(look)
}
