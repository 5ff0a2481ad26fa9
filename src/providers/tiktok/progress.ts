import { isServiceError } from "../../errors/service-error"
import type {
  Progress,
  PublishJob,
  RemoteRef,
  UnpublishedProgress,
} from "../publication"
import type { ProviderContext } from "../types"
import { addressOf, readState } from "./posts"
import type { PublishState } from "./publish-state"

/** What TikTok makes of it. */
export type Kind = "video" | "photo"

/** What TikTok does not know any more has come to nothing. */
export const stateOf = async (
  context: ProviderContext,
  publish_id: string
): Promise<PublishState> => {
  try {
    return await readState(context, publish_id)
  } catch (error) {
    if (isServiceError(error) && error.code === "invalid_publish_id") {
      return { state: "failed", error }
    }
    throw error
  }
}

/** What an attempt that has armed nothing finds to be under way, or out. */
export const settle = async (
  context: ProviderContext,
  job: PublishJob,
  kind: Kind,
  publish_id: string,
  state: Exclude<PublishState, { state: "failed" }>,
  since: number
): Promise<Progress> => {
  const found = progressOf(context, job, kind, publish_id, state, since)
  if ("external_id" in found) {
    await job.done(0, found)
    return { state: "published" }
  }
  return found
}

/** How long TikTok may work on a post, in ms: its review may take hours. */
const PATIENCE_MS = 24 * 60 * 60_000

/** After so many ms, how far a post has come is asked again so much later. */
const PACE: readonly (readonly [age: number, wait: number])[] = [
  [0, 5_000],
  [30_000, 10_000],
  [2 * 60_000, 30_000],
  [10 * 60_000, 5 * 60_000],
]

/** @param age - of what is waited for, in ms; what has just begun is asked for at once */
export const look = (why: string, age: number): UnpublishedProgress => {
  const [, wait] = PACE.filter(([from]) => age >= from).at(-1) ?? PACE[0]
  return {
    state: "wait",
    why,
    until: new Date(Date.now() + (age > 0 ? wait : 0)),
    giveUpAt: new Date(Date.now() - age + PATIENCE_MS),
  }
}

/** How long the public id of a post is waited for, in ms: it is out before TikTok tells it. */
const ID_PATIENCE_MS = 10 * 60_000

/** What TikTok says of a post, as far as it goes: where it is, once it is out. */
export const progressOf = (
  context: ProviderContext,
  { account, settings }: Pick<PublishJob, "account" | "settings">,
  kind: Kind,
  publish_id: string,
  state: Exclude<PublishState, { state: "failed" }>,
  since: number
): RemoteRef | UnpublishedProgress => {
  const age = Math.max(1, Date.now() - since)
  switch (state.state) {
    case "inbox":
      return {
        state: "handed_over",
        why: `It lies in the TikTok inbox of ${account.name}: open the notification in TikTok's app, finish it there and publish`,
      }
    case "processing":
      return look(
        kind === "video"
          ? "TikTok processes the video"
          : "TikTok fetches the photos",
        age
      )
    case "published": {
      const { post_id } = state
      if (post_id) {
        return {
          external_id: post_id,
          url: addressOf(context, account, kind, post_id),
        }
      }
      const isPublic = settings.privacy_level === "PUBLIC_TO_EVERYONE"
      return isPublic && age < ID_PATIENCE_MS
        ? look("TikTok reviews the post", age)
        : { external_id: publish_id, url: null }
    }
  }
}
