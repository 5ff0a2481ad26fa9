import { jsonReply } from "../../http"
import { makeContainer, publishContainer, used } from "./containers"
import { requireToken } from "./oauth"
import { figures, listOf, requireFields, type Route } from "./route"
import { type Host, INSTAGRAM, PAGE } from "./state"

const VISUAL: readonly Host[] = ["facebook", "instagram"]
const publishes = (host: Host): string =>
  host === "facebook"
    ? "instagram_content_publish"
    : "instagram_business_content_publish"
const reads = (host: Host): string =>
  host === "facebook" ? "instagram_basic" : "instagram_business_basic"
const IG = INSTAGRAM.id
const MEDIA_FIELDS = [
  "id",
  "caption",
  "media_product_type",
  "permalink",
  "shortcode",
  "timestamp",
  "username",
]

/** Instagram, by either login. */
export const INSTAGRAM_ROUTES: readonly Route[] = [
  [
    ["instagram"],
    "GET",
    /^me$/,
    (call) => {
      requireToken(call.state, call.host, call.request, reads(call.host))
      return jsonReply(200, {
        id: INSTAGRAM.id_for_app,
        user_id: IG,
        username: INSTAGRAM.username,
        name: PAGE.name,
        followers_count: 128,
      })
    },
  ],
  [
    VISUAL,
    "GET",
    new RegExp(`^${IG}$`),
    ({ state, host, request }) => {
      requireToken(state, host, request, reads(host))
      return jsonReply(200, {
        id: IG,
        username: INSTAGRAM.username,
        name: PAGE.name,
        followers_count: 128,
      })
    },
  ],
  [
    VISUAL,
    "POST",
    new RegExp(`^${IG}/media$`),
    ({ state, host, request, fields }) => {
      requireToken(state, host, request, publishes(host))
      return makeContainer(state, "instagram", fields)
    },
  ],
  [
    VISUAL,
    "POST",
    new RegExp(`^${IG}/media_publish$`),
    ({ state, host, request, fields }) => {
      requireToken(state, host, request, publishes(host))
      return publishContainer(state, "instagram", fields)
    },
  ],
  [
    VISUAL,
    "GET",
    new RegExp(`^${IG}/content_publishing_limit$`),
    ({ state, host, request }) => {
      requireToken(state, host, request, publishes(host))
      return jsonReply(200, {
        data: [
          {
            quota_usage: used(state, "instagram"),
            config: {
              quota_total: state.quota.instagram,
              quota_duration: 86_400,
            },
          },
        ],
      })
    },
  ],
  [
    VISUAL,
    "GET",
    new RegExp(`^${IG}/(media|stories)$`),
    (call) => {
      const { state, host, request, found } = call
      requireToken(state, host, request, reads(host))
      requireFields(call, "IGMedia", MEDIA_FIELDS)
      const isStory = found[0] === "stories"
      return listOf(
        call,
        state.posts.filter(
          ({ network, kind }) =>
            network === "instagram" &&
            kind !== "comment" &&
            (kind === "story") === isStory
        )
      )
    },
  ],
  [
    VISUAL,
    "GET",
    new RegExp(`^${IG}/insights$`),
    ({ request }) => figures(request.url.searchParams.get("metric") ?? ""),
  ],
]
