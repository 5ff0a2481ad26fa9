import { setTimeout as sleep } from "node:timers/promises"
import { getAccessToken } from "../../../src/credentials/access-token/get-access-token"
import { isServiceError } from "../../../src/errors/service-error"
import { withWriteHooks } from "../support/write-hooks"
import type { TaskContext } from "../support/protocol"
import { numberOf } from "../support/token-log"

export { publish, publishForEver, seedPost } from "./posts"
export { seed } from "./re-encryption"
export { readTokens, refreshEach } from "./tokens"

/** What one caller of `getAccessToken` got: a token's number, or a failure. */
export interface Call {
  /** How long the caller waited, in ms. */
  ms: number
  token?: number
  /** Class and code of a service's failure, else the message. */
  failure?: string
}

/** Where a process stops, to be killed there or to go on later. */
export type StoppingPoint = "before the write" | "after the commit"

/** Told once the process has come to its stopping point. */
export interface StoppedEvent {
  kind: "stopped"
}

let goOnNow: () => void = () => undefined

/** Time of day in ms, finer than `Date.now()`: two processes compare it. */
const timeOfDay = () => performance.timeOrigin + performance.now()

const failureOf = (error: unknown): string => {
  if (isServiceError(error)) {
    return `${error.errorClass}: ${error.code}`
  }
  return error instanceof Error ? error.message : String(error)
}

/** Asks for a platform's access token once. */
export const call = async (
  { container }: TaskContext,
  { platform }: { platform: string }
): Promise<Call> => {
  const began = performance.now()
  try {
    const token = await getAccessToken(container, platform)
    return { ms: performance.now() - began, token: numberOf(token.reveal()) }
  } catch (error) {
    return { ms: performance.now() - began, failure: failureOf(error) }
  }
}

/**
 * Asks for each platform's token as so many callers at the same moment.
 *
 * @param input.at - the moment, as `Date.now()` tells it: all processes begin together
 */
export const callAtOnce = async (
  context: TaskContext,
  {
    platforms,
    callers,
    at,
  }: { platforms: string[]; callers: number; at: number }
): Promise<Call[]> => {
  await sleep(Math.max(0, at - Date.now()))
  return Promise.all(
    platforms.flatMap((platform) =>
      Array.from({ length: callers }, () => call(context, { platform }))
    )
  )
}

/** Asks for the token, but stops at a point of storing the new one until {@link goOn}. */
export const callUntil = async (
  context: TaskContext,
  { platform, point }: { platform: string; point: StoppingPoint }
): Promise<Call> => {
  const stop = () => {
    context.emit({ kind: "stopped" } satisfies StoppedEvent)
    return new Promise<void>((resolve) => {
      goOnNow = resolve
    })
  }
  const container = withWriteHooks(
    context.container,
    point === "before the write" ? { before: stop } : { after: stop }
  )
  return call({ ...context, container }, { platform })
}

/** Lets the call that has stopped go on. */
export const goOn = async (
  _context: TaskContext,
  _input: null
): Promise<void> => goOnNow()

/**
 * Refreshes a platform so many times, one after another.
 *
 * @returns for each token's number when it was committed, as a time of day in ms
 */
export const timeCommits = async (
  { container }: TaskContext,
  { platform, times }: { platform: string; times: number }
): Promise<{ number: number; committedAt: number }[]> => {
  const commits: { number: number; committedAt: number }[] = []
  let committedAt = 0
  const timed = withWriteHooks(container, {
    after: async () => {
      committedAt = timeOfDay()
    },
  })
  let rejected = await getAccessToken(timed, platform)
  for (let done = 0; done < times; done++) {
    rejected = await getAccessToken(timed, platform, { rejected })
    commits.push({ number: numberOf(rejected.reveal()), committedAt })
  }
  return commits
}
