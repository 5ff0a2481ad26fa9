import { jsonReply, type Reply } from "../../http"
import type { SimulatorRequest } from "../simulator"
import { listOf } from "./posts"
import { MEMBER, PAGES, Refusal, type State } from "./state"

/** @throws {Refusal} 403 */
function requireScope(scopes: string[], scope: string, resource: string): void {
  if (!scopes.includes(scope)) {
    throw new Refusal(
      403,
      "ACCESS_DENIED",
      `Not enough permissions to access: ${resource}.GET.NO_VERSION`,
      { serviceErrorCode: 100 }
    )
  }
}

/** `GET /v2/userinfo` */
export function showUser(scopes: string[]): Reply {
  requireScope(scopes, "openid", "userinfo")
  return jsonReply(200, {
    sub: MEMBER.id,
    name: MEMBER.name,
    given_name: "Ada",
    family_name: "Lovelace",
    locale: { country: "GB", language: "en" },
  })
}

/** `GET /v2/me` */
export function showMe(scopes: string[]): Reply {
  requireScope(scopes, "r_basicprofile", "me")
  return jsonReply(200, {
    id: MEMBER.id,
    localizedFirstName: "Ada",
    localizedLastName: "Lovelace",
    vanityName: MEMBER.vanity,
  })
}

/** `GET /rest/organizationAcls?q=roleAssignee`: one element for each role. */
export function listRoles(request: SimulatorRequest, scopes: string[]): Reply {
  requireScope(scopes, "rw_organization_admin", "organizationAcls")
  const roles = PAGES.flatMap(({ urn, roles }) =>
    roles.map((role) => ({
      role,
      organization: urn,
      roleAssignee: MEMBER.urn,
      state: "APPROVED",
    }))
  )
  return listOf(request, roles)
}

/** `GET /rest/organizations/{id}` */
export function showPage(id: string, scopes: string[]): Reply {
  requireScope(scopes, "rw_organization_admin", "organizations")
  const page = PAGES.find((known) => String(known.id) === id)
  if (!page) {
    throw new Refusal(404, "NOT_FOUND", `Could not find organization ${id}`)
  }
  return jsonReply(200, {
    id: page.id,
    localizedName: page.name,
    vanityName: page.vanity,
  })
}

const elements = (list: object[]): Reply =>
  jsonReply(200, { paging: { start: 0, count: 10, links: [] }, elements: list })

/** Figures of posts, pages and members. */
export function showFigures(
  state: State,
  { url }: SimulatorRequest,
  name: string,
  id: string,
  scopes: string[]
): Reply {
  switch (name) {
    case "organizationalEntityShareStatistics":
      requireScope(scopes, "r_organization_social", name)
      return elements([
        {
          organizationalEntity: url.searchParams.get("organizationalEntity"),
          totalShareStatistics: {
            impressionCount: 420,
            uniqueImpressionsCount: 300,
            clickCount: 12,
            likeCount: 7,
            commentCount: state.comments.length,
            shareCount: 1,
            engagement: 0.05,
          },
        },
      ])
    case "networkSizes":
      requireScope(scopes, "rw_organization_admin", name)
      return jsonReply(200, { firstDegreeSize: 128 })
    case "memberFollowersCount":
      requireScope(scopes, "r_member_profileAnalytics", name)
      return elements([{ memberFollowersCount: 64 }])
    case "memberCreatorPostAnalytics":
      requireScope(scopes, "r_member_postAnalytics", name)
      return elements([
        {
          count: url.searchParams.get("queryType") === "IMPRESSION" ? 90 : 3,
          metricType: url.searchParams.get("queryType"),
          targetEntity: url.searchParams.get("entity"),
        },
      ])
    default:
      requireScope(scopes, "r_organization_social_feed", name)
      return jsonReply(200, {
        target: id,
        likesSummary: { totalLikes: 2, likedByCurrentUser: false },
        commentsSummary: {
          aggregatedTotalComments: state.comments.filter(
            ({ post }) => post === id
          ).length,
        },
      })
  }
}
