import type { MediaFile } from "../../http/media"
import type {
  ProviderContext,
  PublicationRequest,
  PublishedPost,
  RecoveryRequest,
  RecoveryResult,
  RemoteAccount,
  RemoteProfile,
  SocialProvider,
} from "../types"
import { ServiceError } from "../../errors/service-error"
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
  file: MediaFile
): Promise<string> => {
  const { id } = await request<{ id?: string }>("/api/media", {
    method: "POST",
    headers: { "content-type": file.content_type },
    body: file.stream,
  })
  if (!id) {
    throw malformedAnswer("the id of the image")
  }
  return id
}

const publish = async (
  context: ProviderContext,
  publication: PublicationRequest
): Promise<PublishedPost> => {
  const mediaIds: string[] = []
  for (const media of publication.media) {
    mediaIds.push(await uploadMedia(context, await media.open()))
  }

  await publication.arm()
  const post = await context.request<Partial<SandboxPost>>("/api/posts", {
    method: "POST",
    headers: { "idempotency-key": publication.idempotency_key },
    json: {
      account_id: publication.account_external_id,
      text: publication.text,
      link: publication.link ?? undefined,
      media_ids: mediaIds,
      alt_texts: publication.media.map(({ alt_text }) => alt_text ?? ""),
    },
  })
  if (!post.id) {
    throw malformedAnswer("the id of the post")
  }
  return { external_id: post.id, url: post.url ?? null }
}

const recover = async (
  { request }: ProviderContext,
  { idempotency_key }: RecoveryRequest
): Promise<RecoveryResult> => {
  const { data } = await request<{ data: SandboxPost[] }>("/api/posts", {
    query: { idempotency_key },
  })
  if (!Array.isArray(data)) {
    throw malformedAnswer("a list of posts")
  }
  const [post] = data
  return post
    ? {
        outcome: "published",
        post: { external_id: post.id, url: post.url },
      }
    : { outcome: "not_published" }
}

/** The provider for the sandbox network: it has every operation of the contract. */
export const sandboxProvider: SocialProvider = {
  description: sandboxDescription,
  verify: async (context) => {
    const { name, username } = await fetchProfile(context)
    return `The credentials belong to ${name} (@${username}).`
  },
  fetchProfile,
  listAccounts,
  fetchInsights: ({ request }, { external_id }) =>
    request(`/api/posts/${encodeURIComponent(external_id)}/insights`),
  publish,
  recover,
}
