import { isServiceError } from "../../errors/service-error"
import { publishedText } from "../../shared/post-rules/link"
import type {
  Destination,
  LostCall,
  PostState,
  Progress,
  PublishJob,
  Recovery,
  RemoteRef,
} from "../publication"
import type { ProviderContext } from "../types"
import { cidOfRecord } from "./cid"
import { prepareEmbed } from "./embed"
import { findHandles, type Handles } from "./facets"
import { blueskyLimits } from "./limits"
import {
  gatesOf,
  POSTS,
  type PreparedPart,
  recordOf,
  rkeyOf,
  type StrongRef,
  uriOf,
  type Write,
} from "./records"
import { malformed } from "./session"
import { readSettings } from "./settings"
import { createTid } from "./tid"

/** The time of a post is chosen anew when it has waited for its time this long. */
const TIME_LIFE_MS = 60_000

/** Where people read a post; the DID stays when the handle changes. */
const refOf = (did: string, rkey: string): RemoteRef => ({
  external_id: uriOf(did, rkey),
  url: `https://bsky.app/profile/${did}/post/${rkey}`,
})

/** @returns null where the repository surely has no such record */
const findPost = async (
  { request }: ProviderContext,
  did: string,
  rkey: string
): Promise<StrongRef | null> => {
  try {
    const { uri, cid } = await request<Partial<StrongRef>>(
      "/xrpc/com.atproto.repo.getRecord",
      { query: { repo: did, collection: POSTS, rkey } }
    )
    if (!uri || !cid) {
      throw malformed("the record")
    }
    return { uri, cid }
  } catch (error) {
    if (isServiceError(error) && error.code === "RecordNotFound") {
      return null
    }
    throw error
  }
}

/** Whether a post is there. What Bluesky takes down stays in the repository, and is shown to nobody. */
export const fetchPostState = async (
  context: ProviderContext,
  { external_id: did }: Destination,
  { external_id }: RemoteRef
): Promise<PostState> => {
  if (!(await findPost(context, did, rkeyOf(external_id)))) {
    return { state: "gone" }
  }
  const { posts } = await context.request<{ posts?: unknown[] }>(
    "/xrpc/app.bsky.feed.getPosts",
    { query: { uris: external_id } }
  )
  if (!Array.isArray(posts)) {
    throw malformed("the list of posts")
  }
  return posts.length
    ? { state: "public" }
    : {
        state: "rejected",
        reason:
          "Bluesky shows it to nobody, although it is in the account's repository.",
      }
}

const keyOf = (job: PublishJob, index: number): Promise<string> =>
  job.step(`key ${index}`, async () => createTid(Date.now() + index))

/** Who the handles of a text belong to; unknown ones stay plain text. */
const resolveHandles = async (
  { request }: ProviderContext,
  text: string
): Promise<Handles> => {
  const handles: Record<string, string | null> = {}
  for (const handle of findHandles(text)) {
    try {
      const { did } = await request<{ did?: string }>(
        "/xrpc/com.atproto.identity.resolveHandle",
        { query: { handle } }
      )
      handles[handle] = did ?? null
    } catch (error) {
      const isUnknown =
        isServiceError(error) && error.errorClass === "content_rejected"
      if (!isUnknown) {
        throw error
      }
      handles[handle] = null
    }
  }
  return handles
}

const preparePart = async (
  context: ProviderContext,
  job: PublishJob,
  index: number
): Promise<PreparedPart | Progress> => {
  const prepared = await prepareEmbed(context, job, index)
  if ("state" in prepared) {
    return prepared
  }
  const draft = {
    link: job.link?.url ?? null,
    parts: job.parts.map(({ text, media }) => ({ text, media })),
  }
  const text = publishedText(draft, index, blueskyLimits(job.account))
  return {
    index,
    text,
    rkey: await keyOf(job, index),
    handles: await job.step(`handles ${index}`, () =>
      resolveHandles(context, text)
    ),
    embed: prepared.embed,
  }
}

/** The records of parts that become public together, each a reply to the one before. */
const writesOf = async (
  context: ProviderContext,
  job: PublishJob,
  parts: readonly PreparedPart[]
): Promise<Write[]> => {
  const did = job.account.external_id
  const settings = readSettings(job.settings)
  const now = await job.step("time", async () => Date.now(), {
    validForMs: TIME_LIFE_MS,
  })
  const refs = await refsBefore(context, job, parts[0].index)
  return parts.flatMap((part) => {
    const createdAt = new Date(now + part.index).toISOString()
    const [root] = refs
    const parent = refs.at(-1)
    const value = recordOf(
      part,
      createdAt,
      root && parent && { root, parent },
      settings,
      job.language
    )
    const uri = uriOf(did, part.rkey)
    refs.push({ uri, cid: cidOfRecord(value) })
    return [
      { collection: POSTS, rkey: part.rkey, value },
      ...gatesOf(uri, createdAt, settings, !root),
    ]
  })
}

/** The thread's first post and the one that the next replies to. */
const refsBefore = async (
  context: ProviderContext,
  job: PublishJob,
  index: number
): Promise<StrongRef[]> => {
  const refs: StrongRef[] = []
  for (const before of new Set(index ? [0, index - 1] : [])) {
    const uri = job.parts[before].published?.external_id ?? ""
    const ref = await findPost(context, job.account.external_id, rkeyOf(uri))
    if (!ref) {
      throw malformed("the post that the next one replies to")
    }
    refs.push(ref)
  }
  return refs
}

/** One call, after which all of the records are public or none is. */
const write = async (
  { request }: ProviderContext,
  repo: string,
  writes: readonly Write[]
): Promise<void> => {
  if (writes.length > 1) {
    await request("/xrpc/com.atproto.repo.applyWrites", {
      method: "POST",
      json: {
        repo,
        validate: true,
        writes: writes.map((one) => ({
          $type: "com.atproto.repo.applyWrites#create",
          ...one,
        })),
      },
    })
    return
  }
  const [{ collection, rkey, value }] = writes
  const { uri } = await request<Partial<StrongRef>>(
    "/xrpc/com.atproto.repo.createRecord",
    {
      method: "POST",
      json: { repo, collection, rkey, validate: true, record: value },
    }
  )
  if (!uri) {
    throw malformed("the address of the post")
  }
}

/** The parts that come next and become public by one call: those without a delay between them. */
const nextBatch = ({ parts }: PublishJob): number[] => {
  const first = parts.findIndex(({ published }) => !published)
  const end = parts.findIndex(
    ({ index, delay_seconds }) => index > first && delay_seconds > 0
  )
  return parts
    .slice(first, end < 0 ? parts.length : end)
    .map(({ index }) => index)
}

/**
 * Notes what a call has published of which only the first part is known: it
 * stopped while the outcome was stored, or the first one was recovered.
 */
const noteKnown = async (
  context: ProviderContext,
  job: PublishJob
): Promise<void> => {
  const did = job.account.external_id
  for (const { index, published, delay_seconds } of job.parts) {
    const isFollowing = !published && job.parts[index - 1]?.published
    if (isFollowing && !delay_seconds) {
      const rkey = await keyOf(job, index)
      if (!(await findPost(context, did, rkey))) {
        return
      }
      await job.done(index, refOf(did, rkey))
    }
  }
}

/** Publishes a post or a thread; parts without a delay between them in one atomic call. */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const did = job.account.external_id
  readSettings(job.settings)
  await noteKnown(context, job)

  while (job.parts.some(({ published }) => !published)) {
    const batch: PreparedPart[] = []
    for (const index of nextBatch(job)) {
      const part = await preparePart(context, job, index)
      if ("state" in part) {
        return part
      }
      batch.push(part)
    }
    const writes = await writesOf(context, job, batch)
    const [{ index, rkey }] = batch
    await job.arm(index, { rkey })
    await write(context, did, writes)
    for (const part of batch) {
      await job.done(part.index, refOf(did, part.rkey))
    }
  }
  return { state: "published" }
}

/**
 * Asks the repository for the record. Its key takes one record, so that a lost
 * call that is still on its way cannot publish beside the next one.
 */
export const recover = async (
  context: ProviderContext,
  { account, evidence }: LostCall
): Promise<Recovery> => {
  const { rkey } = evidence as { rkey?: string }
  if (!rkey) {
    return { outcome: "unknown" }
  }
  return (await findPost(context, account.external_id, rkey))
    ? { outcome: "published", ref: refOf(account.external_id, rkey) }
    : { outcome: "not_published", because: "key_reuse" }
}
