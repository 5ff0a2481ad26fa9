import type {
  LostCall,
  Progress,
  PublicationPart,
  PublishJob,
  Recovery,
  RemoteRef,
} from "../../publication"
import type { ContainerApi } from "../containers"
import { type CommentApi, publishComment, recoverComment } from "../comments"
import {
  findPublished,
  knownIds,
  type PublishedMedia,
  recoverContainer,
  type Sought,
} from "../find-published"
import type { Graph } from "../graph"
import { type QuotaReading, requireRoom } from "../quota"
import { publishByContainer, tellAddress } from "../publish-container"
import { planOf } from "./plan"
import { type InstagramSettings, instagramShopSettings } from "./settings"

export const INSTAGRAM = "Instagram"

const CONTAINERS: ContainerApi = {
  service: INSTAGRAM,
  edges: { make: "media", publish: "media_publish" },
  status_fields: { state: "status_code", why: "status" },
  patience_ms: 60 * 60_000,
}

/** Meta's guide says 100 in a moving day, its reference 50: it is read. */
export const POST_QUOTA: QuotaReading = {
  service: INSTAGRAM,
  edge: "content_publishing_limit",
  usage: "quota_usage",
  config: "config",
  what: "posts",
}

const COMMENTS: CommentApi = {
  service: INSTAGRAM,
  query: { fields: "id,text,timestamp", limit: 50 },
}

/** A comment has no second step. */
const isComment = (
  { placement }: Pick<PublishJob, "placement">,
  { index }: Pick<PublicationPart, "index">
): boolean => index > 0 && placement !== "story"

/** Publishes a post and its first comments, or stories, one after the other. */
export const publish = async (
  graph: Graph,
  job: PublishJob
): Promise<Progress> => {
  const settings = instagramShopSettings.parse(job.settings)
  for (const part of job.parts) {
    if (part.published) {
      const { external_id, url } = part.published
      if (!url && !isComment(job, part)) {
        await tellAddress(graph, job, part.index, external_id)
      }
      continue
    }
    const wait = isComment(job, part)
      ? await publishComment(COMMENTS, graph, job, part)
      : await publishMedia(graph, job, settings, part)
    if (wait) {
      return wait
    }
  }
  return { state: "published" }
}

/** Stories have no caption. */
const captionOf = (
  { placement }: Pick<PublishJob, "placement">,
  { text }: Pick<PublicationPart, "text">
): string => (placement === "story" ? "" : text)

/** @returns null when the part is out */
const publishMedia = async (
  graph: Graph,
  job: PublishJob,
  settings: InstagramSettings,
  part: PublicationPart
): Promise<Progress | null> => {
  const account = job.account.external_id
  const workshop = { api: CONTAINERS, graph, account, job }
  const text = captionOf(job, part)
  const plan = await planOf(job, settings, part)
  const full = await requireRoom(graph, job, POST_QUOTA)
  if (full) {
    return full
  }
  return publishByContainer(workshop, part.index, {
    plan,
    text,
    find: (sought) => find(graph, job, sought),
  })
}

const find = async (
  graph: Graph,
  { account, placement }: Pick<PublishJob, "account" | "placement">,
  sought: Sought
): Promise<RemoteRef | undefined> =>
  findPublished(
    await graph.latest<PublishedMedia>(
      `/${account.external_id}/${placement === "story" ? "stories" : "media"}`,
      { fields: "id,caption,timestamp,permalink", limit: 25 }
    ),
    sought
  )

/** A container tells whether it is public; a comment is looked for under its post. */
export const recover = async (
  graph: Graph,
  lost: LostCall
): Promise<Recovery> => {
  const { part, armed_at, evidence } = lost
  if (isComment(lost, part)) {
    return recoverComment(COMMENTS, graph, lost)
  }
  const { text } = evidence as { text?: string }
  return recoverContainer(CONTAINERS, graph, lost, () =>
    find(graph, lost, {
      text: text ?? "",
      since: armed_at.getTime(),
      others: knownIds(lost.parts),
    })
  )
}
