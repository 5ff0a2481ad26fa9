import { ServiceError } from "../../errors/service-error"
import type { PostLimits } from "../../shared/post-rules/limits"
import type {
  LostCall,
  Metric,
  Media,
  Progress,
  PublicationPart,
  PublishJob,
  Recovery,
} from "../publication"
import type {
  ProviderContext,
  RemoteAccount,
  RemoteProfile,
  SocialProvider,
} from "../types"
import { sandboxDescription } from "./description"

interface SandboxAccount extends Omit<RemoteAccount, "external_id"> {
  id: string
}

interface SandboxPost {
  id: string
  url: string
}

/**
 * What to make of a successful answer that lacks what it must have.
 *
 * @param missing - what it lacks, for the message
 */
const malformedAnswer = (missing: string): ServiceError =>
  new ServiceError("transient", `Sandbox answered without ${missing}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

/** More pages than this means that the service repeats its cursor. */
const MAX_ACCOUNT_PAGES = 50

const fetchProfile = async ({
  request,
}: ProviderContext): Promise<RemoteProfile> => {
  const profile = await request<RemoteProfile>("/api/me")
  if (!profile.id) {
    throw malformedAnswer("a profile")
  }
  return profile
}

const listAccounts = async ({
  request,
}: ProviderContext): Promise<RemoteAccount[]> => {
  const accounts: RemoteAccount[] = []
  let cursor: string | null = ""

  for (let page = 0; cursor !== null && page < MAX_ACCOUNT_PAGES; page++) {
    const answer: { data: SandboxAccount[]; next_cursor: string | null } =
      await request("/api/accounts", { query: { cursor: cursor || undefined } })
    if (!Array.isArray(answer.data)) {
      throw malformedAnswer("a list of accounts")
    }
    accounts.push(
      ...answer.data.map(({ id, kind, name, username, avatar_url, url }) => ({
        external_id: id,
        kind,
        name,
        username,
        avatar_url,
        url,
      }))
    )
    cursor = answer.next_cursor ?? null
  }
  return accounts
}

const uploadMedia = async (
  { request }: ProviderContext,
  media: Media
): Promise<string> => {
  const { id } = await request<{ id?: string }>("/api/media", {
    method: "POST",
    body: await media.open(),
  })
  if (!id) {
    throw malformedAnswer("the id of the image")
  }
  return id
}

const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  for (const part of job.parts) {
    if (!part.published) {
      await publishPart(context, job, part)
    }
  }
  return { state: "published" }
}

const publishPart = async (
  context: ProviderContext,
  job: PublishJob,
  { index, key, text, media }: PublicationPart
): Promise<void> => {
  const mediaIds: string[] = []
  for (const file of media) {
    mediaIds.push(
      await job.step(`upload ${index}.${mediaIds.length}`, () =>
        uploadMedia(context, file)
      )
    )
  }
  await job.arm(index)
  const post = await context.request<Partial<SandboxPost>>("/api/posts", {
    method: "POST",
    headers: { "idempotency-key": key },
    json: {
      account_id: job.account.external_id,
      text,
      link: (index === 0 && job.link?.url) || undefined,
      reply_to: job.parts[index - 1]?.published?.external_id,
      media_ids: mediaIds,
      alt_texts: media.map(({ alt_text }) => alt_text ?? ""),
    },
  })
  if (!post.id) {
    throw malformedAnswer("the id of the post")
  }
  await job.done(index, { external_id: post.id, url: post.url ?? null })
}

const recover = async (
  { request }: ProviderContext,
  { part }: LostCall
): Promise<Recovery> => {
  const { data } = await request<{ data: SandboxPost[] }>("/api/posts", {
    query: { idempotency_key: part.key },
  })
  if (!Array.isArray(data)) {
    throw malformedAnswer("a list of posts")
  }
  const [post] = data
  return post
    ? {
        outcome: "published",
        ref: { external_id: post.id, url: post.url },
      }
    : { outcome: "not_published", because: "key_reuse" }
}

const limits = (): PostLimits => ({
  text: [{ field: "text", unit: "graphemes", max: 500 }],
  parts: { max: 10, as: "thread", media: true },
  media: {
    required: false,
    combinations: [{ image: { max: 4 } }],
    image: {
      types: ["image/png", "image/jpeg", "image/gif", "image/webp"],
      max_bytes: 5 * 1024 * 1024,
    },
    alt_text: { max: 1500, unit: "graphemes", on: ["image"] },
    delivery: "push",
  },
  link: { place: "field", max: 2048 },
})

const toMetrics = (figures: Record<string, number>): Metric[] =>
  Object.entries(figures).map(([name, value]) => ({ name, value }))

/** The provider for the sandbox network: it has every operation of the contract. */
export const sandboxProvider: SocialProvider = {
  description: sandboxDescription,
  verify: async (context) => {
    const { name, username } = await fetchProfile(context)
    return `The credentials belong to ${name} (@${username}).`
  },
  fetchProfile,
  listAccounts,
  limits,
  publish,
  remove: async ({ request }, _account, { external_id }) => {
    await request(`/api/posts/${encodeURIComponent(external_id)}`, {
      method: "DELETE",
    })
  },
  fetchAccountMetrics: async ({ request }, { external_id }) =>
    toMetrics(
      await request<Record<string, number>>(
        `/api/accounts/${encodeURIComponent(external_id)}/insights`
      )
    ),
  fetchPostMetrics: async ({ request }, _account, { external_id }) =>
    toMetrics(
      await request<Record<string, number>>(
        `/api/posts/${encodeURIComponent(external_id)}/insights`
      )
    ),
  recover,
}
