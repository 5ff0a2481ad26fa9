import type {
  LostCall,
  Progress,
  PublicationPart,
  PublishJob,
  Recovery,
} from "../publication"
import type { ProviderContext } from "../types"
import { malformedResponse, prepareMedia } from "./media"
import { type SandboxSettings, sandboxSettings } from "./settings"

interface SandboxPost {
  id: string
  url: string
}

/** What is sent of a part to `POST /api/posts`. */
const bodyOf = (
  job: PublishJob,
  { index, text, media }: PublicationPart,
  media_ids: string[],
  { board, content_warning, visibility }: SandboxSettings
) => ({
  account_id: job.account.external_id,
  text,
  link: (index === 0 && job.link?.url) || undefined,
  reply_to: job.parts[index - 1]?.published?.external_id,
  media_ids,
  alt_texts: media.map(({ alt_text }) => alt_text ?? ""),
  placement: job.placement || undefined,
  visibility,
  board,
  content_warning,
})

const createPost = async (
  { request }: ProviderContext,
  key: string,
  json: object
): Promise<SandboxPost> => {
  const { id, url } = await request<Partial<SandboxPost>>("/api/posts", {
    method: "POST",
    headers: { "idempotency-key": key },
    json,
  })
  if (!id) {
    throw malformedResponse("the id of the post")
  }
  return { id, url: url ?? "" }
}

/** Publishes part by part, or hands the post over as a draft. */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const settings = sandboxSettings.parse(job.settings)
  for (const part of job.parts) {
    if (part.published) {
      continue
    }
    const media = await prepareMedia(context, job, part)
    if (!Array.isArray(media)) {
      return media
    }
    const body = bodyOf(job, part, media, settings)
    if (settings.draft) {
      return await handOver(context, job, body)
    }
    await job.arm(part.index)
    const { id, url } = await createPost(context, part.key, body)
    await job.done(part.index, { external_id: id, url: url || null })
  }
  return { state: "published" }
}

/** Nobody sees a draft, so that nothing is armed; the key keeps it from coming twice. */
const handOver = async (
  context: ProviderContext,
  job: PublishJob,
  body: object
): Promise<Progress> => {
  const url = await job.step("hand over", async () => {
    const draft = await createPost(context, job.key, { ...body, draft: true })
    return draft.url
  })
  return {
    state: "handed_over",
    why: "It lies in the inbox at Sandbox, where a person publishes it",
    url,
  }
}

/** The network lists what was published under a key, and has all of it. */
export const recover = async (
  { request }: ProviderContext,
  { part }: LostCall
): Promise<Recovery> => {
  const { data } = await request<{ data: SandboxPost[] }>("/api/posts", {
    query: { idempotency_key: part.key },
  })
  if (!Array.isArray(data)) {
    throw malformedResponse("a list of posts")
  }
  const [post] = data
  return post
    ? {
        outcome: "published",
        ref: { external_id: post.id, url: post.url },
      }
    : { outcome: "not_published", because: "listing" }
}
