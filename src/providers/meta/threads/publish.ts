import { publishedText } from "../../../shared/post-rules/link"
import type {
  LostCall,
  Media,
  Progress,
  PublicationPart,
  PublishJob,
  Recovery,
  RemoteRef,
} from "../../publication"
import type { ProviderContext } from "../../types"
import {
  type ContainerApi,
  type ContainerDraft,
  type ContainerPlan,
} from "../containers"
import {
  findPublished,
  knownIds,
  type PublishedMedia,
  recoverContainer,
  type Sought,
} from "../find-published"
import { type Graph, type GraphFields, graphOf } from "../graph"
import { publishByContainer, tellAddress } from "../publish-container"
import { type QuotaReading, requireRoom } from "../quota"
import { THREADS } from "./description"
import {
  imagePreset,
  limits,
  type ThreadsSettings,
  threadsSettings,
} from "./settings"

/** developers.facebook.com/docs/threads/troubleshooting */
const CONTAINERS: ContainerApi = {
  service: THREADS,
  edges: { make: "threads", publish: "threads_publish" },
  status_fields: { state: "status", why: "error_message" },
  patience_ms: 30 * 60_000,
}

/** Publishes a post, and what follows it as replies to the one before. */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const graph = graphOf(context)
  const settings = threadsSettings.parse(job.settings)
  for (const part of job.parts) {
    if (part.published) {
      await addAddress(graph, job, part.index, part.published)
      continue
    }
    const wait = await publishPart(graph, job, settings, part)
    if (wait) {
      return wait
    }
  }
  return { state: "published" }
}

/** An earlier attempt may have ended before the address was known. */
const addAddress = async (
  graph: Graph,
  job: PublishJob,
  part: number,
  { external_id, url }: RemoteRef
): Promise<void> => {
  if (!url) {
    await tellAddress(graph, job, part, external_id)
  }
}

/** @returns null when the part is out */
const publishPart = async (
  graph: Graph,
  job: PublishJob,
  settings: ThreadsSettings,
  part: PublicationPart
): Promise<Progress | null> => {
  const { index } = part
  const account = job.account.external_id
  const workshop = { api: CONTAINERS, graph, account, job }
  const text = textOf(job, part)
  const plan = await planOf(job, settings, part, text)
  const full = await requireRoom(graph, job, index ? REPLY_QUOTA : POST_QUOTA)
  if (full) {
    return full
  }
  return publishByContainer(workshop, index, {
    plan,
    text,
    find: (sought) => find(graph, index, sought),
  })
}

/** How many of the day's posts the profile has had (developers.facebook.com/docs/threads/overview). */
export const POST_QUOTA: QuotaReading = {
  service: THREADS,
  edge: "threads_publishing_limit",
  usage: "quota_usage",
  config: "config",
  what: "posts",
}

/** Replies are counted apart. */
const REPLY_QUOTA: QuotaReading = {
  ...POST_QUOTA,
  usage: "reply_quota_usage",
  config: "reply_config",
  what: "replies",
}

const textOf = (
  job: Pick<PublishJob, "account" | "link" | "parts">,
  part: Pick<PublicationPart, "index">
): string =>
  publishedText(
    { link: job.link?.url ?? null, parts: job.parts },
    part.index,
    limits(job.account)
  )

const planOf = async (
  job: PublishJob,
  { topic_tag, reply_control, is_spoiler_media }: ThreadsSettings,
  { index, media }: PublicationPart,
  text: string
): Promise<ContainerPlan> => {
  const post: GraphFields = {
    text: text || undefined,
    topic_tag: index === 0 ? topic_tag : undefined,
    reply_control: index === 0 ? reply_control : undefined,
    reply_to_id: job.parts[index - 1]?.published?.external_id,
  }
  if (!media.length) {
    const link = index === 0 ? job.link?.url : undefined
    return {
      items: [
        {
          fields: { media_type: "TEXT", ...post, link_attachment: link },
          files: {},
          pace: "at_once",
          label: "the post",
        },
      ],
    }
  }
  const hidden = is_spoiler_media || undefined
  if (media.length === 1) {
    const [file] = media
    return {
      items: [
        await fileDraft(job, file, { ...post, is_spoiler_media: hidden }),
      ],
    }
  }
  const items: ContainerDraft[] = []
  for (const file of media) {
    items.push(await fileDraft(job, file, { is_carousel_item: true }))
  }
  return {
    items,
    around: (children) => ({
      fields: {
        media_type: "CAROUSEL",
        children: children.join(","),
        ...post,
        is_spoiler_media: hidden,
      },
      files: {},
      pace: "image",
      label: "the carousel",
    }),
  }
}

const fileDraft = async (
  { account }: Pick<PublishJob, "account">,
  file: Media,
  more: GraphFields
): Promise<ContainerDraft> => {
  const isVideo = file.kind === "video"
  const fields: GraphFields = {
    media_type: isVideo ? "VIDEO" : "IMAGE",
    alt_text: file.alt_text ?? undefined,
    ...more,
  }
  return isVideo
    ? { fields, files: { video_url: file }, pace: "video", label: file.name }
    : {
        fields,
        files: { image_url: await file.as(imagePreset(account)) },
        pace: "image",
        label: file.name,
      }
}

/** Posts and replies are in lists of their own. */
const find = async (
  graph: Graph,
  part: number,
  sought: Sought
): Promise<RemoteRef | undefined> =>
  findPublished(
    await graph.latest<PublishedMedia>(part ? "/me/replies" : "/me/threads", {
      fields: "id,text,permalink,timestamp",
      since: Math.floor(sought.since / 1000) - 60,
      limit: 25,
    }),
    sought
  )

/** A container tells whether it is public; the post is found by its text. */
export const recover = async (
  context: ProviderContext,
  lost: LostCall
): Promise<Recovery> => {
  const graph = graphOf(context)
  const { text } = lost.evidence as { text?: string }
  return recoverContainer(CONTAINERS, graph, lost, () =>
    find(graph, lost.part.index, {
      text: text ?? "",
      since: lost.armed_at.getTime(),
      others: knownIds(lost.parts),
    })
  )
}
