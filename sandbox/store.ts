import { randomBytes } from "node:crypto"
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import { openDocument } from "./document"

export type StoredMedia = {
  id: string
  content_type: string
  bytes: number
  /** When all of it was there: a video is processed from then on. */
  added_at?: string
  /** How much of it is there, while it comes in pieces. */
  received?: number
}

export type StoredPost = {
  id: string
  account_id: string
  text: string
  link: string | null
  media: { id: string; alt_text: string | null }[]
  idempotency_key: string | null
  created_at: string
  // A post from before there were these has none of them.
  placement?: "feed" | "story"
  visibility?: "public" | "followers"
  board?: string | null
  content_warning?: string | null
  /** The post that it answers. */
  reply_to?: string | null
  /** It lies in the inbox, where a person publishes it. */
  is_draft?: boolean
  /** Whose token it came with. */
  sent_by?: "page" | "person"
  /** Why the network has taken it down. */
  rejected?: string | null
}

export type NewPost = Omit<StoredPost, "id" | "created_at">

/** Posts and images: what the network's users made. */
export type ContentStore = {
  /** What is public, newest first. */
  listPosts(): StoredPost[]
  /** What lies in the inbox, newest first. */
  listDrafts(): StoredPost[]
  /** Takes a draft out of the inbox and makes it public. */
  publishDraft(id: string): void
  findPost(id: string): StoredPost | undefined
  findPostByKey(idempotencyKey: string): StoredPost | undefined
  addPost(post: NewPost): StoredPost
  removePost(id: string): void
  /** Takes a post down for a reason: nobody sees it but its author. */
  rejectPost(id: string, reason: string): void
  findMedia(id: string): StoredMedia | undefined
  readMedia(id: string): Buffer | undefined
  addMedia(contentType: string, content: Buffer): StoredMedia
  /** Begins a file that comes in pieces. */
  beginMedia(contentType: string, bytes: number): StoredMedia
  /** Adds a piece to what is there of a file. */
  appendMedia(id: string, piece: Buffer): StoredMedia | undefined
  clear(): void
}

type Content = { posts: StoredPost[]; media: StoredMedia[] }

type Files = {
  read(id: string): Buffer | undefined
  write(id: string, content: Buffer): void
  append(id: string, piece: Buffer): void
  clear(): void
}

function memoryFiles(): Files {
  const contents = new Map<string, Buffer>()
  return {
    read: (id) => contents.get(id),
    write: (id, content) => void contents.set(id, content),
    append: (id, piece) =>
      void contents.set(
        id,
        Buffer.concat([contents.get(id) ?? Buffer.alloc(0), piece])
      ),
    clear: () => contents.clear(),
  }
}

function diskFiles(dir: string): Files {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  return {
    read: (id) => readFileSync(join(dir, id)),
    write: (id, content) => {
      const temporary = join(dir, `${id}.tmp`)
      writeFileSync(temporary, content, { mode: 0o600 })
      renameSync(temporary, join(dir, id))
    },
    append: (id, piece) =>
      appendFileSync(join(dir, id), piece, { mode: 0o600 }),
    clear: () => {
      rmSync(dir, { recursive: true, force: true })
      mkdirSync(dir, { recursive: true, mode: 0o700 })
    },
  }
}

function newId(prefix: string): string {
  return `${prefix}_${randomBytes(9).toString("hex")}`
}

/**
 * Opens the store of posts and images.
 *
 * @param dataDir folder to keep them in; none keeps them in memory
 * @throws Error if the folder holds a file that cannot be read
 */
export function openContentStore(dataDir?: string): ContentStore {
  const document = openDocument<Content>(dataDir, "content", () => ({
    posts: [],
    media: [],
  }))
  const files = dataDir ? diskFiles(join(dataDir, "media")) : memoryFiles()
  const findMedia = (id: string) =>
    document.value.media.find((media) => media.id === id)
  const keepMedia = (media: Omit<StoredMedia, "id">): StoredMedia => {
    const stored = { id: newId("media"), ...media }
    document.value.media.push(stored)
    document.save()
    return stored
  }

  return {
    listPosts: () =>
      document.value.posts
        .filter(({ is_draft, rejected }) => !is_draft && !rejected)
        .reverse(),
    listDrafts: () =>
      document.value.posts.filter(({ is_draft }) => is_draft).reverse(),
    publishDraft: (id) => {
      const draft = document.value.posts.find((post) => post.id === id)
      if (draft) {
        draft.is_draft = false
        document.save()
      }
    },
    findPost: (id) =>
      document.value.posts.find((post) => post.id === id && !post.is_draft),
    findPostByKey: (key) =>
      document.value.posts.find((post) => post.idempotency_key === key),
    addPost: (post) => {
      const stored = {
        ...post,
        id: newId("post"),
        created_at: new Date().toISOString(),
      }
      document.value.posts.push(stored)
      document.save()
      return stored
    },
    removePost: (id) => {
      const { posts } = document.value
      document.value.posts = posts.filter((post) => post.id !== id)
      document.save()
    },
    rejectPost: (id, reason) => {
      const post = document.value.posts.find((one) => one.id === id)
      if (post) {
        post.rejected = reason
        document.save()
      }
    },
    findMedia,
    // Only an id that the index knows becomes part of a path.
    readMedia: (id) => (findMedia(id) ? files.read(id) : undefined),
    addMedia: (contentType, content) => {
      const stored = keepMedia({
        content_type: contentType,
        bytes: content.length,
        added_at: new Date().toISOString(),
      })
      files.write(stored.id, content)
      return stored
    },
    beginMedia: (contentType, bytes) =>
      keepMedia({ content_type: contentType, bytes, received: 0 }),
    appendMedia: (id, piece) => {
      const media = findMedia(id)
      if (media?.received !== undefined) {
        files.append(id, piece)
        media.received += piece.length
        if (media.received === media.bytes) {
          delete media.received
          media.added_at = new Date().toISOString()
        }
        document.save()
      }
      return media
    },
    clear: () => {
      document.value = { posts: [], media: [] }
      document.save()
      files.clear()
    },
  }
}
