import { createHash } from "node:crypto"
import { ServiceError } from "../../errors/service-error"
import type {
  Destination,
  LinkCard,
  LostCall,
  PostState,
  Progress,
  PublishJob,
  Recovery,
  RemoteRef,
} from "../publication"
import type { ProviderContext } from "../types"
import { contentOf, titled, type Upload } from "./blocks"
import { readSettings, type WordPressSettings } from "./settings"
import { malformed, openSite } from "./site"
import { upload, uploadAll } from "./upload"

interface WordPressPost {
  id?: number
  status?: string
  link?: string
}

/** What `recover` needs to ask for the post: `path` is `posts/42`. */
interface Evidence {
  api: string
  path: string
}

const FIELDS = "id,status,link"

/**
 * Makes a draft with everything in it, which nobody sees, and makes it public
 * by one call that may be repeated: it says what the status is to be.
 */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  if (job.parts[0].published) {
    return { state: "published" }
  }
  const settings = readSettings(job.settings)
  const { api, url } = await job.step("find the API", async () => {
    const site = await openSite(context)
    return { api: site.api, url: site.url }
  })
  const uploads = await uploadAll(context, job, api)
  const featured = await featuredOf(context, job, { api, uploads, settings })
  const path = await draftOf(context, job, api, settings.post_type, {
    ...fieldsOf(job, uploads, settings),
    featured_media: featured,
  })
  if (settings.status === "pending") {
    await job.step("hand in", async () => {
      await setStatus(context, { api, path }, "pending")
    })
    return {
      state: "handed_over",
      why: "It waits in WordPress until an editor of the site publishes it",
      url: `${url}/wp-admin/post.php?post=${path.split("/")[1]}&action=edit`,
    }
  }
  await job.arm(0, { api, path })
  const post = await setStatus(context, { api, path }, settings.status)
  if (post.status !== settings.status) {
    throw keptBack(post.status)
  }
  await job.done(0, refOf(path, post))
  return { state: "published" }
}

/** The first image; without one, the linked product's. */
const featuredOf = async (
  context: ProviderContext,
  job: PublishJob,
  {
    api,
    uploads,
    settings,
  }: { api: string; uploads: Upload[]; settings: WordPressSettings }
): Promise<number | undefined> => {
  if (!settings.featured_image) {
    return undefined
  }
  const first = uploads.find(({ kind }) => kind === "image")
  const image = job.link?.image
  if (first || !image) {
    return first?.id
  }
  return (await upload(context, job, api, image)).id
}

/** What the draft is made of, besides its status. */
const fieldsOf = (
  { parts, link }: PublishJob,
  uploads: Upload[],
  settings: WordPressSettings
) => {
  const { title, text } = titled(
    parts[0].text,
    settings.title ?? titleFrom(parts[0].text, link)
  )
  const { excerpt, format, comment_status, slug, sticky } = settings
  return {
    title,
    content: contentOf({
      text,
      uploads,
      link: link && {
        url: link.url,
        label: settings.link_label || link.title || link.url,
      },
    }),
    excerpt,
    format,
    comment_status,
    slug,
    sticky,
    categories: settings.categories?.map(Number),
    tags: settings.tags?.map(Number),
  }
}

/** A post without words is called as its product is. */
const titleFrom = (text: string, link: LinkCard | null): string | undefined =>
  text.trim() ? undefined : (link?.title ?? undefined)

/**
 * Makes the draft, once. A publication that has been changed since, after a
 * refusal, fills the same draft anew.
 */
const draftOf = async (
  { request }: ProviderContext,
  job: PublishJob,
  api: string,
  type: string,
  fields: Readonly<Record<string, unknown>>
): Promise<string> => {
  const write = (path: string) =>
    request<WordPressPost>(`${api}/wp/v2/${path}`, {
      method: "POST",
      query: { _fields: FIELDS },
      json: { ...fields, status: "draft" },
    })
  const content = createHash("sha256")
    .update(JSON.stringify(fields))
    .digest("hex")
  const draft = await job.step(`make a draft in ${type}`, async () => {
    const { id } = await write(type)
    if (!id) {
      throw malformed("the draft's id")
    }
    return { path: `${type}/${id}`, content }
  })
  if (draft.content !== content) {
    await job.step(`fill the draft with ${content}`, async () => {
      await write(draft.path)
    })
  }
  return draft.path
}

const setStatus = async (
  { request }: ProviderContext,
  { api, path }: Evidence,
  status: WordPressSettings["status"]
): Promise<WordPressPost> => {
  const post = await request<WordPressPost>(`${api}/wp/v2/${path}`, {
    method: "POST",
    query: { _fields: FIELDS },
    json: { status },
  })
  if (!post.status) {
    throw malformed("the post's status")
  }
  return post
}

/** A plugin for editors' workflows can turn "publish" into something else. */
const keptBack = (status: string | undefined): ServiceError =>
  new ServiceError(
    "permission",
    `WordPress has kept the post as "${status}" in place of publishing it: a plugin of the site's decides so. Publish it in WordPress, or choose "pending" as visibility.`,
    { code: "kept_back" }
  )

const refOf = (path: string, { link }: WordPressPost): RemoteRef => ({
  external_id: path,
  url: link ?? null,
})

const PUBLIC = ["publish", "private"]
const NOT_PUBLIC = ["draft", "pending", "auto-draft"]

/** The post itself says whether it is public. */
export const recover = async (
  { request }: ProviderContext,
  { evidence }: LostCall
): Promise<Recovery> => {
  const { api, path } = evidence as unknown as Evidence
  const post = await request<WordPressPost | undefined>(
    `${api}/wp/v2/${path}`,
    {
      query: { context: "edit", _fields: FIELDS },
      accept_status: [404, 410],
    }
  )
  if (post && PUBLIC.includes(String(post.status))) {
    return { outcome: "published", ref: refOf(path, post) }
  }
  // In the trash, or gone: it may have been public before somebody did that.
  return post && NOT_PUBLIC.includes(String(post.status))
    ? { outcome: "not_published", because: "draft" }
    : { outcome: "unknown" }
}

/** Moves the post to the site's trash; what is not there any more is removed. */
export const remove = async (
  context: ProviderContext,
  _account: Destination,
  { external_id }: RemoteRef
): Promise<void> => {
  const { api } = await openSite(context)
  await context.request(`${api}/wp/v2/${external_id}`, {
    method: "DELETE",
    query: { _fields: FIELDS },
    accept_status: [404, 410],
  })
}

/** A post in the trash is gone; one that an editor has taken back was rejected. */
export const fetchPostState = async (
  context: ProviderContext,
  _account: Destination,
  { external_id }: RemoteRef
): Promise<PostState> => {
  const { api } = await openSite(context)
  const post = await context.request<WordPressPost | undefined>(
    `${api}/wp/v2/${external_id}`,
    {
      query: { context: "edit", _fields: FIELDS },
      accept_status: [404, 410],
    }
  )
  const status = post?.status
  if (!status || status === "trash") {
    return { state: "gone" }
  }
  return NOT_PUBLIC.includes(status)
    ? {
        state: "rejected",
        reason: `An editor of the site has taken it back: its status is "${status}".`,
      }
    : { state: "public", url: post.link ?? null }
}
