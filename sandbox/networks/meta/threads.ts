import { jsonReply } from "../../http"
import { makeContainer, publishContainer, used } from "./containers"
import { requireToken } from "./oauth"
import { figures, listOf, type Route } from "./route"
import { PROFILE } from "./state"

const TH = `(?:me|${PROFILE.id})`

/** A profile of Threads. */
export const THREADS_ROUTES: readonly Route[] = [
  [
    ["threads"],
    "GET",
    new RegExp(`^${TH}$`),
    ({ state, host, request }) => {
      requireToken(state, host, request, "threads_basic")
      return jsonReply(200, PROFILE)
    },
  ],
  [
    ["threads"],
    "POST",
    new RegExp(`^${TH}/threads$`),
    ({ state, host, request, fields }) => {
      requireToken(state, host, request, "threads_content_publish")
      return makeContainer(state, "threads", fields)
    },
  ],
  [
    ["threads"],
    "POST",
    new RegExp(`^${TH}/threads_publish$`),
    ({ state, host, request, fields }) => {
      requireToken(state, host, request, "threads_content_publish")
      return publishContainer(state, "threads", fields)
    },
  ],
  [
    ["threads"],
    "GET",
    new RegExp(`^${TH}/threads_publishing_limit$`),
    ({ state, host, request }) => {
      requireToken(state, host, request, "threads_basic")
      return jsonReply(200, {
        data: [
          {
            quota_usage: used(state, "threads"),
            config: {
              quota_total: state.quota.threads,
              quota_duration: 86_400,
            },
            reply_quota_usage: used(state, "threads", true),
            reply_config: {
              quota_total: state.quota.replies,
              quota_duration: 86_400,
            },
          },
        ],
      })
    },
  ],
  [
    ["threads"],
    "GET",
    new RegExp(`^${TH}/(threads|replies)$`),
    (call) => {
      const { state, host, request, found } = call
      requireToken(state, host, request, "threads_basic")
      const kind = found[0] === "replies" ? "reply" : "feed"
      return listOf(
        call,
        state.posts.filter(
          (post) => post.network === "threads" && post.kind === kind
        )
      )
    },
  ],
  [
    ["threads"],
    "GET",
    new RegExp(`^${TH}/threads_insights$`),
    ({ request }) => figures(request.url.searchParams.get("metric") ?? ""),
  ],
]
