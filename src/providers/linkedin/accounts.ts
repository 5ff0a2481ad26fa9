import type {
  ProviderContext,
  ProviderSettings,
  RemoteAccount,
  RemoteProfile,
} from "../types"
import { malformedResponse, readList } from "./restli"
import { asksFor, siteOf } from "./description"
import { readable } from "./posts"

/** `GET /v2/userinfo`, of "Sign In with LinkedIn using OpenID Connect". */
interface UserInfo {
  sub?: string
  name?: string
  picture?: string
}

/** `GET /v2/me`, of apps with `r_basicprofile`. */
interface Me {
  id?: string
  localizedFirstName?: string
  localizedLastName?: string
  vanityName?: string
}

/** Whose consent it is. Which of two APIs tells it depends on what the app was given. */
export const readMember = async (
  context: ProviderContext
): Promise<RemoteProfile> => {
  const { request, settings } = context
  if (asksFor(settings, "openid")) {
    const { sub, name, picture } = await request<UserInfo>("/v2/userinfo")
    return profileOf(settings, sub, name, { avatar_url: picture })
  }
  const me = await request<Me>("/v2/me")
  const name = [me.localizedFirstName, me.localizedLastName]
  return profileOf(settings, me.id, name.filter(Boolean).join(" "), {
    username: me.vanityName,
  })
}

const profileOf = (
  settings: ProviderSettings,
  id: string | undefined,
  name: string | undefined,
  { username, avatar_url }: { username?: string; avatar_url?: string }
): RemoteProfile => {
  if (!id) {
    throw malformedResponse("a profile")
  }
  return {
    id: `urn:li:person:${id}`,
    name: name || "A profile without a name",
    username: username ?? null,
    avatar_url: avatar_url ?? null,
    url: username
      ? `${siteOf(settings)}/in/${encodeURIComponent(username)}/`
      : null,
    followers: null,
  }
}

/** An element of `organizationAcls`: a role of the person's on a page. */
interface Role {
  role?: string
  state?: string
  organization?: string
  organizationTarget?: string
}

interface Organization {
  id?: number
  localizedName?: string
  vanityName?: string
}

/** Roles with which one may publish. */
const PUBLISHING_ROLES = [
  "ADMINISTRATOR",
  "CONTENT_ADMIN",
  "CONTENT_ADMINISTRATOR",
  "DIRECT_SPONSORED_CONTENT_POSTER",
]

/** URNs of the pages that the person may publish on, each once. */
const listPageUrns = async (context: ProviderContext): Promise<string[]> => {
  const { elements } = await readList<Role>(context, "/rest/organizationAcls", {
    missing: "a list of pages",
    query: { q: "roleAssignee", state: "APPROVED" },
    headers: { "x-restli-method": "FINDER" },
  })
  const urns = elements.flatMap(
    ({ role = "", organization, organizationTarget }) =>
      PUBLISHING_ROLES.includes(role)
        ? (organization ?? organizationTarget ?? [])
        : []
  )
  return [...new Set(urns)]
}

/** One page after the other: the development tier of the API has no batches. */
const readPage = async (
  { request, settings }: ProviderContext,
  urn: string
): Promise<RemoteAccount> => {
  const id = urn.split(":").pop() ?? ""
  const found = await readable(
    request<Organization>(`/rest/organizations/${encodeURIComponent(id)}`)
  )
  const vanity = found?.vanityName
  return {
    external_id: urn,
    kind: "page",
    name: found?.localizedName ?? `Page ${id}`,
    username: vanity ?? null,
    avatar_url: null,
    url: `${siteOf(settings)}/company/${encodeURIComponent(vanity ?? id)}/`,
  }
}

/** The person's profile, and the pages that they may publish on. */
export const listAccounts = async (
  context: ProviderContext
): Promise<RemoteAccount[]> => {
  const { id, name, username, avatar_url, url } = await readMember(context)
  const urns = asksFor(context.settings, "rw_organization_admin")
    ? await listPageUrns(context)
    : []
  const pages: RemoteAccount[] = []
  for (const urn of urns) {
    pages.push(await readPage(context, urn))
  }
  return [
    { external_id: id, kind: "profile", name, username, avatar_url, url },
    ...pages,
  ]
}
