/** What a simulated WordPress site has: state in memory, as its tables would hold it. */

export type Role = "administrator" | "editor" | "author" | "contributor"

export type User = {
  id: number
  slug: string
  name: string
  role: Role
  /** As WordPress shows it once; it is compared without the spaces. */
  application_password: string
}

export type Post = {
  id: number
  type: "posts" | "pages"
  author: number
  status: string
  title: string
  content: string
  excerpt: string
  slug: string
  format: string
  comment_status: string
  sticky: boolean
  featured_media: number
  categories: number[]
  tags: number[]
  modified: string
}

export type Attachment = {
  id: number
  file: string
  mime_type: string
  alt_text: string
  content: Buffer
}

export type Term = { id: number; name: string; slug: string; count: number }

/** The site, with what can be wrong about it. Tests change it as they like. */
export type Site = {
  name: string
  users: User[]
  posts: Post[]
  media: Attachment[]
  categories: Term[]
  tags: Term[]
  /** The web server does not hand the Authorization header on to PHP. */
  strips_authorization: boolean
  /** Without https, or switched off by a plugin, there are none. */
  application_passwords: boolean
  /** "Plain" permalinks: there is no `/wp-json`. */
  plain_permalinks: boolean
  /** A security plugin answers the REST API with a page of this status; 0 is none. */
  page_instead_of_rest: number
  /** A plugin for editors' workflows turns "publish" into "pending". */
  keeps_back: boolean
  /** In bytes. */
  upload_max: number
  next_id: number
}

export const PASSWORD = "abcd EFGH 1234 ijkl MNOP 5678"

const CAPABILITIES: Record<Role, string[]> = {
  contributor: ["read", "edit_posts"],
  author: ["read", "edit_posts", "publish_posts", "upload_files"],
  editor: [
    "read",
    "edit_posts",
    "publish_posts",
    "upload_files",
    "edit_others_posts",
    "edit_pages",
    "publish_pages",
    "edit_private_posts",
  ],
  administrator: [
    "read",
    "edit_posts",
    "publish_posts",
    "upload_files",
    "edit_others_posts",
    "edit_pages",
    "publish_pages",
    "edit_private_posts",
    "manage_options",
  ],
}

export const capabilitiesOf = (user: User): Record<string, boolean> =>
  Object.fromEntries(CAPABILITIES[user.role].map((name) => [name, true]))

const term = (id: number, name: string, count = 0): Term => ({
  id,
  name,
  slug: name.toLowerCase().replace(/[^a-z0-9]+/g, "-"),
  count,
})

export const newSite = (): Site => ({
  name: "Harbour &amp; Sons",
  users: [
    {
      id: 1,
      slug: "ada",
      name: "Ada Lovelace",
      role: "editor",
      application_password: PASSWORD,
    },
    {
      id: 2,
      slug: "ben",
      name: "Ben Writer",
      role: "contributor",
      application_password: "ben0 BEN0 ben0 BEN0 ben0 BEN0",
    },
  ],
  posts: [],
  media: [],
  categories: [
    term(1, "Uncategorized", 3),
    term(2, "News &amp; more", 7),
    term(3, "Care guides"),
  ],
  tags: [term(11, "wool", 4), term(12, "linen", 1)],
  strips_authorization: false,
  application_passwords: true,
  plain_permalinks: false,
  page_instead_of_rest: 0,
  keeps_back: false,
  upload_max: 8 * 1024 * 1024,
  next_id: 100,
})

/** What WordPress refuses a request with. */
export class RestError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly params?: Record<string, string>
  ) {
    super(message)
  }
}
