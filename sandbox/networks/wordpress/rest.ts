import { addMedia, onMedia } from "./media"
import {
  isEdit,
  jsonOf,
  refuse,
  requireRight,
  type RestRequest,
} from "./request"
import { checkPostParameters } from "./schema"
import {
  capabilitiesOf,
  type Post,
  RestError,
  type Site,
  type Term,
  type User,
} from "./site"

const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")

const linkOf = ({ home }: RestRequest, { id, slug, status }: Post): string =>
  status === "publish" && slug ? `${home}/${slug}/` : `${home}/?p=${id}`

const postView = (request: RestRequest, post: Post) => {
  const { title, content, excerpt, ...rest } = post
  return {
    ...rest,
    title: { raw: title, rendered: title },
    content: { raw: content, rendered: content.replace(/<!--.*?-->\n?/gs, "") },
    excerpt: { raw: excerpt, rendered: excerpt },
    link: linkOf(request, post),
  }
}

/** What may be done about a status: publishing is a right of its own. */
const requireStatusRight = (user: User, status: unknown): void => {
  if (["publish", "private", "future"].includes(String(status))) {
    requireRight(user, "publish_posts", "rest_cannot_publish")
  }
}

const write = (site: Site, user: User, post: Post, body: object): Post => {
  const fields = body as Partial<Post>
  checkPostParameters(body as Record<string, unknown>)
  requireStatusRight(user, fields.status)
  if (fields.sticky) {
    requireRight(user, "publish_posts", "rest_cannot_assign_sticky")
  }
  const { featured_media } = fields
  if (featured_media && !site.media.some(({ id }) => id === featured_media)) {
    throw new RestError(
      400,
      "rest_invalid_featured_media",
      "Invalid featured media ID."
    )
  }
  Object.assign(post, fields, { modified: new Date().toISOString() })
  if (post.status === "publish") {
    post.status = site.keeps_back ? "pending" : "publish"
    post.slug ||= slugOf(post.title) || String(post.id)
  }
  return post
}

const createPost = (site: Site, request: RestRequest, type: Post["type"]) => {
  const user = requireRight(
    request.user,
    type === "pages" ? "edit_pages" : "edit_posts",
    "rest_cannot_create"
  )
  const body = jsonOf(request)
  if (!body.title && !body.content && !body.excerpt) {
    throw new RestError(
      400,
      "empty_content",
      "Content, title, and excerpt are empty."
    )
  }
  const post = write(
    site,
    user,
    {
      id: site.next_id++,
      type,
      author: user.id,
      status: "draft",
      title: "",
      content: "",
      excerpt: "",
      slug: "",
      format: "standard",
      comment_status: "open",
      sticky: false,
      featured_media: 0,
      categories: type === "posts" ? [1] : [],
      tags: [],
      modified: "",
    },
    body
  )
  site.posts.push(post)
  return { status: 201, body: postView(request, post) }
}

const findPost = (site: Site, type: string, id: string): Post => {
  const post = site.posts.find(
    (one) => one.type === type && one.id === Number(id)
  )
  if (!post) {
    throw new RestError(404, "rest_post_invalid_id", "Invalid post ID.")
  }
  return post
}

const onPost = (site: Site, request: RestRequest, type: string, id: string) => {
  const post = findPost(site, type, id)
  const { user, method, url } = request
  const isOwn =
    user && (user.id === post.author || capabilitiesOf(user).edit_others_posts)
  if (isEdit(request)) {
    const writer = isOwn ? user : refuse(user, "rest_cannot_edit")
    write(site, writer, post, jsonOf(request))
  } else if (method === "DELETE") {
    if (!isOwn) {
      refuse(user, "rest_cannot_delete")
    }
    if (post.status === "trash") {
      throw new RestError(
        410,
        "rest_already_trashed",
        "The post has already been deleted."
      )
    }
    post.status = "trash"
  } else if (url.searchParams.get("context") === "edit" && !isOwn) {
    refuse(user, "rest_forbidden_context")
  }
  return { status: 200, body: postView(request, post) }
}

const listTerms = (terms: Term[], { url }: RestRequest) => {
  const search = url.searchParams.get("search")?.toLowerCase() ?? ""
  return {
    status: 200,
    body: terms
      .filter(({ name }) => name.toLowerCase().includes(search))
      .sort((a, b) => b.count - a.count),
  }
}

const me = ({ user, url, home }: RestRequest) => {
  if (!user) {
    throw new RestError(
      401,
      "rest_not_logged_in",
      "You are not currently logged in."
    )
  }
  return {
    status: 200,
    body: {
      id: user.id,
      name: user.name,
      slug: user.slug,
      link: `${home}/author/${user.slug}/`,
      avatar_urls: { 96: `${home}/avatar-${user.id}.png` },
      ...(url.searchParams.get("context") === "edit" && {
        roles: [user.role],
        capabilities: capabilitiesOf(user),
      }),
    },
  }
}

const root = (site: Site, { home }: RestRequest) => ({
  status: 200,
  body: {
    name: site.name,
    description: "A blog beside the shop",
    url: home,
    home,
    namespaces: ["oembed/1.0", "wp/v2"],
    authentication: site.application_passwords
      ? {
          "application-passwords": {
            endpoints: {
              authorization: `${home}/wp-admin/authorize-application.php`,
            },
          },
        }
      : {},
    site_icon_url: `${home}/icon.png`,
    routes: { "/wp/v2/posts": {} },
  },
})

const type = (slug: string, name: string, rest_base: string, editor = true) => [
  slug,
  {
    slug,
    name,
    rest_base,
    rest_namespace: "wp/v2",
    viewable: slug !== "wp_block",
    supports: { title: true, ...(editor && { editor: true }) },
  },
]

const TYPES = Object.fromEntries([
  type("post", "Posts", "posts"),
  type("page", "Pages", "pages"),
  type("attachment", "Media", "media", false),
  type("wp_block", "Patterns", "blocks"),
])

/**
 * Answers a request on the REST API.
 *
 * @throws RestError for every refusal
 */
export const answerRest = (
  site: Site,
  request: RestRequest
): { status: number; body: object } => {
  const { route, method } = request
  const [, collection, id] =
    /^\/wp\/v2\/(posts|pages|media)(?:\/(\d+))?$/.exec(route) ?? []
  switch (`${method} ${route}`) {
    case "GET /":
      return root(site, request)
    case "GET /wp/v2/users/me":
      return me(request)
    case "GET /wp/v2/types":
      return { status: 200, body: TYPES }
    case "GET /wp/v2/categories":
      return listTerms(site.categories, request)
    case "GET /wp/v2/tags":
      return listTerms(site.tags, request)
    case "POST /wp/v2/media":
      return addMedia(site, request)
    case "POST /wp/v2/posts":
    case "POST /wp/v2/pages":
      return createPost(site, request, collection as Post["type"])
  }
  if (id && collection === "media") {
    return onMedia(site, request, id)
  }
  if (id) {
    return onPost(site, request, collection, id)
  }
  throw new RestError(
    404,
    "rest_no_route",
    "No route was found matching the URL and request method."
  )
}
