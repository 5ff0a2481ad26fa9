import type { MedusaContainer } from "@medusajs/framework/types"
import publishDuePosts from "../../../src/jobs/publish-due-posts"
import { lanesIdle, takeDue } from "../../../src/publishing/lanes"
import { publishClaimed } from "../../../src/workflows/posts/publish-claimed"
import { type Admin, sql } from "./application"

export interface Publication {
  id: string
  account_id: string
  state: string
  external_id: string | null
  external_url: string | null
  attempts: number
  publish_at: string | null
  next_attempt_at: string | null
  waiting: { why: string; done?: number; of?: number } | null
  parts:
    { part: number; external_id: string | null; url: string | null }[] | null
  published_at: string | null
  removed_at: string | null
  removed_by_network: { part: number; reason: string; at: string } | null
  changed_content: object | null
  comments: object[] | null
  last_error: {
    class: string
    code: string
    message: string
    at: string
  } | null
  account: { name: string } | null
}

export interface Post {
  id: string
  status: string
  publications: Publication[]
}

/** Creates a post and gives its id. */
export const createPost = async (
  admin: Admin,
  body: { account_ids: string[] } & Record<string, unknown>
): Promise<string> => {
  const { status, data } = await admin.post("/admin/social-posts", {
    caption: "The autumn collection is here",
    ...body,
  })
  if (status !== 200) {
    throw new Error(`Creating a post failed: ${JSON.stringify(data)}`)
  }
  return data.social_post.id
}

/** Asks for a post to be published, and gives it as it is once that has come as far as it can. */
export const publish = (admin: Admin, id: string): Promise<Post> =>
  ask(admin, id, "publish")

/** Asks for what failed of a post to be tried again, and gives it as it is afterwards. */
export const retry = (admin: Admin, id: string): Promise<Post> =>
  ask(admin, id, "retry")

const ask = async (
  admin: Admin,
  id: string,
  action: "publish" | "retry"
): Promise<Post> => {
  const { status, data } = await admin.post(
    `/admin/social-posts/${id}/${action}`
  )
  if (status !== 202) {
    throw new Error(`To ${action} the post failed: ${JSON.stringify(data)}`)
  }
  return settled(admin, id)
}

/** Longest time that a test waits for a worker, in ms. */
const PATIENCE_MS = 30_000

/** Whether a worker is at a publication, or about to be. */
const isMoving = ({ state, next_attempt_at }: Publication): boolean =>
  state === "publishing" ||
  (["pending", "waiting", "unknown"].includes(state) &&
    next_attempt_at !== null &&
    Date.parse(next_attempt_at) <= Date.now())

/** Whether a worker has settled the last publication, and has not looked at the post yet. */
const isUncounted = ({ status, publications }: Post): boolean =>
  status === "publishing" &&
  publications.every(
    ({ state, next_attempt_at }) =>
      !["pending", "waiting", "publishing"].includes(state) &&
      !(state === "unknown" && next_attempt_at)
  )

/** A post, as soon as no worker is at it. */
export const settled = async (admin: Admin, id: string): Promise<Post> => {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const post = await readPost(admin, id)
    if (!post.publications.some(isMoving) && !isUncounted(post)) {
      return post
    }
    if (Date.now() > end) {
      throw new Error(`Nobody publishes: ${JSON.stringify(post)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Runs the job, and waits until this process has done its share. */
export const runPublishing = async (
  container: MedusaContainer
): Promise<void> => {
  await publishDuePosts(container)
  await takeDue(container, publishClaimed)
  await lanesIdle(container)
}

/** A post as the API shows it. */
export const readPost = async (admin: Admin, id: string): Promise<Post> =>
  (await admin.get(`/admin/social-posts/${id}`)).data.social_post

/** Lets the time come that a post was scheduled for. */
export const letTimeCome = async (
  container: MedusaContainer,
  id: string,
  ago = "1 second"
): Promise<void> => {
  await sql(
    container,
    "update social_post set scheduled_at = now() - ?::interval where id = ?",
    [ago, id]
  )
  await sql(
    container,
    `update social_publication set publish_at = now() - ?::interval, next_attempt_at = now() - ?::interval
     where post_id = ?`,
    [ago, ago, id]
  )
}

/** Has a post's only file be another one than was looked into when it was attached. */
export const moveFile = async (
  container: MedusaContainer,
  id: string,
  url: string
): Promise<void> => {
  await sql(container, "update social_post set media = ?::jsonb where id = ?", [
    JSON.stringify([{ url, alt_text: null }]),
    id,
  ])
}

/** Lets the time of a post's next attempts come. */
export const makeDue = async (
  container: MedusaContainer,
  id: string
): Promise<void> => {
  await sql(
    container,
    `with free as (
       update social_account set held_until = null
       where id in (select account_id from social_publication where post_id = ?)
     )
     update social_publication set next_attempt_at = now() - interval '1 second'
     where post_id = ? and next_attempt_at is not null`,
    [id, id]
  )
}
