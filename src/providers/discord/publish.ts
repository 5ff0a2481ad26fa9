import { isServiceError } from "../../errors/service-error"
import { armWithFiles } from "../armed-files"
import type {
  Destination,
  Progress,
  PublicationPart,
  PublishJob,
  RemoteRef,
} from "../publication"
import type { ProviderContext } from "../types"
import {
  type Call,
  messageOf,
  nonceOf,
  placeOf,
  type Post,
  readRef,
  refOf,
  send,
} from "./message"
import { discordSettings, type DiscordSettings } from "./settings"

export const API = "/api/v10"

/** Whether a part begins a thread of its own in a forum: it has no nonce then. */
export const startsThread = (
  { account }: Pick<Post, "account">,
  { index }: PublicationPart,
  { thread }: DiscordSettings
): boolean => account.kind === "forum" && !thread && index === 0

/** The channel or thread that a part goes to. */
export const channelOf = (
  { account, parts }: Post,
  { index }: PublicationPart,
  { thread, discussion }: DiscordSettings
): string => {
  const first = index > 0 ? parts[0].published : null
  if (thread || !first) {
    return thread ?? placeOf(account).channel
  }
  const { channel, message } = readRef(account, first)
  // A thread has the id of the message that it was opened under.
  return discussion && account.kind !== "forum" ? message : channel
}

/** A bot's call for a part. */
export const botCall = (
  post: Post,
  part: PublicationPart,
  settings: DiscordSettings,
  message: Record<string, unknown>
): Call => {
  const channel = channelOf(post, part, settings)
  if (startsThread(post, part, settings)) {
    return {
      path: `${API}/channels/${channel}/threads`,
      body: { name: settings.title, applied_tags: settings.tags, message },
    }
  }
  const before = post.parts[part.index - 1]?.published
  const isReply = before && readRef(post.account, before).channel === channel
  return {
    path: `${API}/channels/${channel}/messages`,
    body: {
      ...message,
      nonce: nonceOf(part),
      enforce_nonce: true,
      ...(isReply && {
        message_reference: {
          message_id: readRef(post.account, before).message,
          fail_if_not_exists: false,
        },
      }),
    },
  }
}

/** A webhook's call for a part: it takes no nonce, and cannot reply. */
const webhookCall = (
  post: Post,
  part: PublicationPart,
  settings: DiscordSettings,
  message: Record<string, unknown>
): Call => {
  const channel = channelOf(post, part, settings)
  const isThread = channel !== placeOf(post.account).channel
  return {
    path: `${API}/webhooks/{webhook_url}`,
    query: { wait: "true", thread_id: isThread ? channel : undefined },
    body: {
      ...message,
      ...(part.index === 0 &&
        !settings.thread && {
          thread_name: settings.title,
          applied_tags: settings.tags,
        }),
    },
  }
}

const publishBy =
  (callOf: typeof botCall) =>
  async (context: ProviderContext, job: PublishJob): Promise<Progress> => {
    const settings = discordSettings.parse(job.settings)
    for (const part of job.parts) {
      if (!part.published) {
        const { body, form } = messageOf(job, part, settings)
        const call = callOf(job, part, settings, body)
        const files = await armWithFiles(job, part.index, form)
        const created = await send(context, call, files)
        await job.done(part.index, refOf(job.account, created))
      }
      if (part.index === 0) {
        await followUp(context, job, settings)
      }
    }
    return { state: "published" }
  }

/** Publishes as a bot. */
export const publish = publishBy(botCall)

/** Publishes through a webhook. */
export const publishByWebhook = publishBy(webhookCall)

/** Already crossposted; already has a thread. */
const DONE_BEFORE = ["40033", "160004"]

/** What becomes of the post once it is out: both can be asked for as often as need be. */
const followUp = async (
  { request }: ProviderContext,
  job: PublishJob,
  { discussion, crosspost }: DiscordSettings
): Promise<void> => {
  const ref = job.parts[0].published
  const { kind } = job.account
  if (!ref) {
    return
  }
  const { channel, message } = readRef(job.account, ref)
  const ask = async (action: string, json?: object) => {
    await request(`${API}/channels/${channel}/messages/${message}/${action}`, {
      method: "POST",
      json,
    }).catch((error: unknown) => {
      if (!isServiceError(error) || !DONE_BEFORE.includes(error.code)) {
        throw error
      }
    })
  }
  if (crosspost && kind === "announcement") {
    await job.step("crosspost", () => ask("crosspost"))
  }
  if (discussion && kind !== "forum") {
    await job.step("thread", () => ask("threads", { name: discussion }))
  }
}

const isGone = (error: unknown): boolean =>
  isServiceError(error) && error.code === "10008"

const removing = async (request: Promise<unknown>): Promise<void> => {
  await request.catch((error: unknown) => {
    if (!isGone(error)) {
      throw error
    }
  })
}

/** Deletes a bot's message; one that is gone already is no failure. */
export const remove = async (
  { request }: ProviderContext,
  account: Destination,
  ref: RemoteRef
): Promise<void> => {
  const { channel, message } = readRef(account, ref)
  await removing(
    request(`${API}/channels/${channel}/messages/${message}`, {
      method: "DELETE",
    })
  )
}

/** Deletes a webhook's message; one that is gone already is no failure. */
export const removeByWebhook = async (
  { request }: ProviderContext,
  account: Destination,
  ref: RemoteRef
): Promise<void> => {
  const { channel, message } = readRef(account, ref)
  const thread_id = channel === placeOf(account).channel ? undefined : channel
  await removing(
    request(`${API}/webhooks/{webhook_url}/messages/${message}`, {
      method: "DELETE",
      query: { thread_id },
    })
  )
}
