import { isServiceError, ServiceError } from "../../errors/service-error"
import type { PostLimits } from "../../shared/post-rules/limits"
import type { AccountFacts, Destination } from "../publication"
import type {
  ProviderContext,
  RemoteAccount,
  RemoteProfile,
  SocialProvider,
} from "../types"
import { wordpressDescription } from "./description"
import { wordpressLookups } from "./lookups"
import { fetchPostState, publish, recover, remove } from "./publish"
import { wordpressSettings } from "./settings"
import { malformed, openSite, type Site } from "./site"
import { IMAGE_TYPES, VIDEO_TYPES } from "./upload"

interface User {
  id: number
  name: string
  slug: string
  link?: string
  avatar_urls?: Record<string, string>
  capabilities: Record<string, boolean>
}

const MB = 1024 * 1024

const readUser = async (
  { request }: ProviderContext,
  { api, takesApplicationPasswords }: Site
): Promise<User> => {
  const user = await request<Partial<User>>(`${api}/wp/v2/users/me`, {
    query: {
      context: "edit",
      _fields: "id,name,slug,link,avatar_urls,capabilities",
    },
  }).catch((error: unknown) => {
    const isUnseen =
      isServiceError(error) && /^rest_not_logged_in/.test(error.code)
    throw isUnseen && !takesApplicationPasswords
      ? new ServiceError(
          "config_error",
          "WordPress takes no application passwords on this site: it runs without https, or a plugin has switched them off. Switch them on, and test the connection again.",
          { code: "application_passwords_disabled" }
        )
      : error
  })
  if (!user.id || !user.slug) {
    throw malformed("the user")
  }
  return {
    ...user,
    id: user.id,
    slug: user.slug,
    name: user.name || user.slug,
    capabilities: user.capabilities ?? {},
  }
}

/** What the user may do, in the order of how much it is. */
const permissionsOf = ({ capabilities }: User): string => {
  if (!capabilities.edit_posts) {
    throw new ServiceError(
      "permission",
      "The credentials work, but their user may not write articles. Use the application password of a user with the role Author or Editor.",
      { code: "cannot_edit_posts" }
    )
  }
  if (!capabilities.publish_posts) {
    return 'The user may not publish: articles can only be handed in, with the visibility "pending"'
  }
  return capabilities.upload_files
    ? "The user may publish articles with images and videos"
    : "The user may publish articles, but not upload images and videos"
}

const verify = async (context: ProviderContext): Promise<string> => {
  const site = await openSite(context)
  const user = await readUser(context, site)
  return `The credentials belong to ${user.name} at ${site.name}. ${permissionsOf(user)}.`
}

const fetchProfile = async (
  context: ProviderContext
): Promise<RemoteProfile> => {
  const { id, name, slug, link, avatar_urls } = await readUser(
    context,
    await openSite(context)
  )
  return {
    id: String(id),
    name,
    username: slug,
    avatar_url: Object.values(avatar_urls ?? {}).at(-1) ?? null,
    url: link ?? null,
    followers: null,
  }
}

const listAccounts = async (
  context: ProviderContext
): Promise<RemoteAccount[]> => {
  const site = await openSite(context)
  const user = await readUser(context, site)
  return [
    {
      external_id: site.home,
      kind: "blog",
      name: site.name,
      username: user.slug,
      avatar_url: site.icon,
      url: site.home,
    },
  ]
}

const fetchFacts = async (context: ProviderContext): Promise<AccountFacts> => {
  const site = await openSite(context)
  const { capabilities } = await readUser(context, site)
  const megabytes = Number(context.settings.max_upload_mb)
  return {
    can_publish: !!capabilities.publish_posts,
    can_upload: !!capabilities.upload_files,
    ...(megabytes > 0 && { max_upload_bytes: Math.floor(megabytes * MB) }),
  }
}

/**
 * WordPress itself has no limit of a text, and the site's limit of uploads is
 * told to nobody: it is a setting. UNVERIFIED where nobody has set it.
 */
const DEFAULT_MAX_UPLOAD_BYTES = 8 * MB

const limits = ({ facts }: Pick<Destination, "kind" | "facts">): PostLimits => {
  const max_bytes = Number(facts.max_upload_bytes) || DEFAULT_MAX_UPLOAD_BYTES
  return {
    text: [{ field: "text", unit: "utf16", max: 100_000 }],
    parts: { max: 1, as: "none", media: false },
    media: {
      required: false,
      combinations:
        facts.can_upload === false
          ? []
          : [
              {
                image: { max: 50 },
                gif: { max: 50 },
                video: { max: 50 },
                total: { max: 50 },
              },
            ],
      image: { types: IMAGE_TYPES, max_bytes },
      gif: { types: ["image/gif"], max_bytes },
      video: {
        types: VIDEO_TYPES,
        max_bytes,
        poster: "optional",
        poster_kinds: ["picture"],
      },
      alt_text: { max: 5000, unit: "utf16", on: ["image", "gif"] },
      delivery: "push",
    },
    link: { place: "button", kinds: ["link"] },
  }
}

/** The provider for WordPress sites. */
export const wordpressProvider: SocialProvider = {
  description: wordpressDescription,
  verify,
  fetchProfile,
  listAccounts,
  fetchFacts,
  limits,
  settings: wordpressSettings,
  lookups: wordpressLookups,
  publish,
  recover,
  remove,
  fetchPostState,
}
