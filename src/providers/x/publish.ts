import { isServiceError, ServiceError } from "../../errors/service-error"
import { publishedText } from "../../shared/post-rules/link"
import type { Progress, PublicationPart, PublishJob } from "../publication"
import type { ProviderContext } from "../types"
import { limits } from "./limits"
import { coverOf, forgetFiles, type ReadyFile, sendFile } from "./media"
import { refOf } from "./posts"
import { type Evidence, findPost, refusedName } from "./recover"
import { readSettings, type XSettings } from "./settings"

/** Publishes a post, and what follows it as a thread. */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const settings = readSettings(job.settings)
  for (const part of job.parts) {
    const wait = part.published
      ? null
      : await publishPart(context, job, settings, part)
    if (wait) {
      return wait
    }
  }
  return { state: "published" }
}

/** @returns null when the part is out */
const publishPart = async (
  context: ProviderContext,
  job: PublishJob,
  settings: XSettings,
  part: PublicationPart
): Promise<Progress | null> => {
  const cover = coverOf(part)
  const ready: ReadyFile[] = []
  for (const media of [...part.media, ...(cover ? [cover] : [])]) {
    const file = await sendFile(context, job, part, media, settings)
    if ("state" in file) {
      return file
    }
    ready.push(file)
  }
  const count = part.media.length
  try {
    await send(context, job, settings, part, {
      files: ready.slice(0, count),
      cover: ready[count] ?? null,
    })
    return null
  } catch (error) {
    if (isServiceError(error) && error.errorClass === "content_rejected") {
      // What X did not take is sent anew when a person has mended it.
      await forgetFiles(job, part, settings)
    }
    throw error
  }
}

/** What X has of a part: its files, and the cover of its video. */
interface ReadyFiles {
  files: readonly ReadyFile[]
  cover: ReadyFile | null
}

const send = async (
  context: ProviderContext,
  job: PublishJob,
  settings: XSettings,
  part: PublicationPart,
  ready: ReadyFiles
): Promise<void> => {
  const { index } = part
  const name = `first lost ${index}`
  const earlier = job.kept<string>(name)
  const evidence: Evidence = {
    first_sent_at: earlier ?? new Date().toISOString(),
    text: publishedText(
      { link: job.link?.url ?? null, parts: job.parts },
      index,
      limits(job.account, job)
    ),
    media_keys: ready.files.flatMap(({ media_key }) => media_key ?? []),
    thread: (index > 0 && job.parts[0].published?.external_id) || null,
  }
  await job.arm(index, evidence)
  try {
    const { data } = await context.request<{ data?: { id?: string } }>(
      "/2/tweets",
      { method: "POST", json: bodyOf(job, settings, part, evidence, ready) }
    )
    await job.done(index, refOf(context, job.account, data?.id))
  } catch (error) {
    if (!isServiceError(error)) {
      throw error
    }
    if (earlier && error.errorClass === "duplicate") {
      await settleRepetition(context, job, part, evidence)
      return
    }
    if (error.outcomeUnknown && !earlier) {
      // Where that fails, the armed call's outcome is still what matters.
      await job.save(name, evidence.first_sent_at).catch(() => undefined)
    }
    throw error
  }
}

/** X has a text already whose sending got lost before: that sending has made it. */
const settleRepetition = async (
  context: ProviderContext,
  job: PublishJob,
  { index }: PublicationPart,
  evidence: Evidence
): Promise<void> => {
  const ref = await findPost(context, job, evidence)
  if (ref) {
    await job.done(index, ref)
    return
  }
  await job.save(refusedName(index), true)
  throw new ServiceError(
    "duplicate",
    "X has this text already, so that an earlier attempt has probably gone out; it lists no such post. Look at the profile.",
    { code: "repeated", outcomeUnknown: true }
  )
}

/** Settings of the thread's first post count for what answers it. */
const bodyOf = (
  job: PublishJob,
  {
    made_with_ai,
    paid_partnership,
    poll,
    // It is said of each file.
    sensitive_media: _,
    ...ofFirst
  }: XSettings,
  { index }: PublicationPart,
  { text }: Evidence,
  { files, cover }: ReadyFiles
) => ({
  text,
  ...(files.length && {
    media: {
      media_ids: files.map(({ id }) => id),
      ...(cover && { preview_media_id: cover.id }),
    },
  }),
  ...(index > 0
    ? {
        reply: {
          in_reply_to_tweet_id: job.parts[index - 1].published?.external_id,
        },
      }
    : { ...ofFirst, ...(poll && { poll }) }),
  ...(made_with_ai && files.length && { made_with_ai }),
  ...(paid_partnership && { paid_partnership }),
})
