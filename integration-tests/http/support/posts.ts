import type { MedusaContainer } from "@medusajs/framework/types"
import { type Admin, sql } from "./application"

export interface Publication {
  id: string
  account_id: string
  state: string
  external_id: string | null
  external_url: string | null
  attempts: number
  next_attempt_at: string | null
  published_at: string | null
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

/** Publishes a post and gives it as the answer shows it. */
export const publish = async (admin: Admin, id: string): Promise<Post> => {
  const { status, data } = await admin.post(`/admin/social-posts/${id}/publish`)
  if (status !== 200) {
    throw new Error(`Publishing failed: ${JSON.stringify(data)}`)
  }
  return data.social_post
}

/** A post as the API shows it. */
export const readPost = async (admin: Admin, id: string): Promise<Post> =>
  (await admin.get(`/admin/social-posts/${id}`)).data.social_post

/** Lets the time of a post's next attempts come. */
export const makeDue = async (
  container: MedusaContainer,
  id: string
): Promise<void> => {
  await sql(
    container,
    `update social_publication set next_attempt_at = now() - interval '1 second'
     where post_id = ? and next_attempt_at is not null`,
    [id]
  )
}
