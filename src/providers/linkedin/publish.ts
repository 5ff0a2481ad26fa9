import { createHash } from "node:crypto"
import { isServiceError, ServiceError } from "../../errors/service-error"
import { publishedText } from "../../shared/post-rules/link"
import { failureIn } from "../api-errors"
import type {
  Json,
  Media,
  Progress,
  PublicationPart,
  PublishJob,
} from "../publication"
import type { ProviderContext } from "../types"
import { malformedResponse, refOf } from "./restli"
import { publishComment } from "./comments"
import { bodyOf, type Prepared } from "./content"
import { LINKEDIN, linkedinDescription, siteOf } from "./description"
import { limits } from "./limits"
import { toLittleText } from "./little-text"
import { readPost } from "./posts"
import {
  type LinkedInSettings,
  originalIn,
  readSettings,
  standsAlone,
} from "./settings"
import {
  type AssetKind,
  stepOf,
  type Uploaded,
  uploadFile,
  waitForAsset,
} from "./upload"
import { uploadVideo } from "./video"

/** What `recover` needs of an armed post. */
export type Evidence = {
  /** In LinkedIn's format. */
  text: string
  /** URNs of its files: a file stands in one post alone. */
  files: string[]
  /** Where its card leads to. */
  source: string | null
  question: string | null
  /** The post that it shares. */
  parent: string | null
}

/** Publishes a post, and what follows it as comments. */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const settings = readSettings(job.settings)
  for (const part of job.parts) {
    if (part.published) {
      continue
    }
    const wait =
      part.index === 0
        ? await publishPost(context, job, settings, part)
        : await publishComment(context, job, part)
    if (wait) {
      return wait
    }
  }
  return { state: "published" }
}

const assetKindOf = ({ kind }: Media): AssetKind =>
  kind === "gif" ? "image" : kind

/** @returns null when the post is out */
const publishPost = async (
  context: ProviderContext,
  job: PublishJob,
  settings: LinkedInSettings,
  { media }: PublicationPart
): Promise<Progress | null> => {
  const files: { media: Media; uploaded: Uploaded }[] = []
  for (const file of media) {
    const kind = assetKindOf(file)
    const uploaded =
      kind === "video"
        ? await uploadVideo(context, job, file)
        : await uploadFile(context, job, kind, file)
    files.push({ media: file, uploaded })
  }
  for (const { media: file, uploaded } of files) {
    const wait = await waitForAsset(
      context,
      job,
      assetKindOf(file),
      file,
      uploaded
    )
    if (wait) {
      return wait
    }
  }
  const isCard = !media.length && !standsAlone(settings) && !!job.link
  const thumbnail = isCard ? await prepareThumbnail(context, job) : null
  if (thumbnail && typeof thumbnail === "object") {
    return thumbnail
  }
  try {
    await send(context, job, settings, {
      text: toLittleText(textOf(job)),
      files: files.map(({ uploaded }) => uploaded.urn),
      thumbnail,
    })
    return null
  } catch (error) {
    if (isServiceError(error) && error.errorClass === "content_rejected") {
      // What LinkedIn did not take is sent anew when a person has mended it.
      for (const file of media) {
        await job.forget(stepOf(assetKindOf(file), file))
      }
    }
    throw error
  }
}

const textOf = (job: PublishJob): string =>
  publishedText(
    { link: job.link?.url ?? null, parts: job.parts },
    0,
    limits(job.account, job)
  )

/**
 * The picture of a link's card. The post is not about it: one that does not fit
 * is left out.
 *
 * @returns its URN; a wait until it can stand in a post
 */
const prepareThumbnail = async (
  context: ProviderContext,
  job: PublishJob
): Promise<string | Progress | null> => {
  const image = job.link?.image
  if (!image) {
    return null
  }
  try {
    const uploaded = await uploadFile(context, job, "image", image)
    return (
      (await waitForAsset(context, job, "image", image, uploaded)) ??
      uploaded.urn
    )
  } catch (error) {
    if (isServiceError(error) && error.errorClass === "content_rejected") {
      return null
    }
    throw error
  }
}

/** Where it is noted, before a post is armed, what is sent: one that LinkedIn has already may then be it. */
const SENT = "sent 0"

/** Another text, file, link or setting is another post. */
const markOf = (
  { parts: [{ media }], link, settings }: PublishJob,
  { text }: Prepared
): string =>
  createHash("sha256")
    .update(
      JSON.stringify([text, media.map(({ id }) => id), link?.url, settings])
    )
    .digest("base64url")

const send = async (
  context: ProviderContext,
  job: PublishJob,
  settings: LinkedInSettings,
  prepared: Prepared
): Promise<void> => {
  const body = bodyOf(job, settings, prepared)
  const evidence: Evidence = {
    text: prepared.text,
    files: prepared.files,
    source:
      prepared.files.length || standsAlone(settings)
        ? null
        : (job.link?.url ?? null),
    question: settings.poll?.question ?? null,
    parent: settings.reshare ? originalIn(settings.reshare) : null,
  }
  const mark = markOf(job, prepared)
  const wasSent = job.kept(SENT) === mark
  const forgetSent = () => (wasSent ? Promise.resolve() : job.forget(SENT))
  if (!wasSent) {
    await job.save(SENT, mark)
  }
  try {
    await job.arm(0, evidence)
  } catch (error) {
    await forgetSent()
    throw error
  }
  try {
    const urn = await createPost(context, body, wasSent)
    await job.done(0, refOf(context.settings, urn))
  } catch (error) {
    // Refused for sure: the next sending is the first one again.
    if (isServiceError(error) && !error.outcomeUnknown) {
      await forgetSent()
    }
    throw error
  }
}

const DUPLICATE = /is a duplicate of (urn:li:(?:share|ugcPost):\d+)/i

/**
 * Creates the post.
 *
 * @param wasSent - whether it was sent before, and a person has had it sent again
 * since nobody could say what became of it: where LinkedIn has it, that was it
 * @returns its URN
 */
const createPost = async (
  context: ProviderContext,
  body: Json,
  wasSent: boolean
): Promise<string> => {
  const response = await context.fetch("/rest/posts", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  const [, original] = (!response.ok && DUPLICATE.exec(text)) || []
  if (original) {
    if (wasSent && (await readPost(context, original)) !== "gone") {
      return original
    }
    throw duplicate(context, original)
  }
  const failure = failureIn(linkedinDescription, response, context.redact(text))
  if (failure) {
    throw failure
  }
  const urn = response.headers.get("x-restli-id")
  if (!urn) {
    throw malformedResponse("the id of the post")
  }
  return urn
}

const duplicate = (
  { settings }: ProviderContext,
  original: string
): ServiceError =>
  new ServiceError(
    "duplicate",
    `${LINKEDIN} takes the post for one that it has already: ${siteOf(settings)}/feed/update/${original}/. Change the text, or wait some hours; one that was deleted counts for a while, too.`,
    { code: "DUPLICATE_POST", status: 422 }
  )
