import { type Html, html } from "../../html"
import { jsonReply, type Reply } from "../../http"
import type { SimulatorRequest } from "../simulator"
import { LOCAL_POST, readJson } from "./body"
import {
  BUSINESSES,
  LOCATIONS,
  Refusal,
  type State,
  type StoredPost,
} from "./state"

const refusal = (
  status: number,
  rpc_status: string,
  message: string
): Refusal =>
  new Refusal(status, rpc_status, message, { rpc_status, only_status: true })

const invalid = (message: string) => refusal(400, "INVALID_ARGUMENT", message)

/** @throws {Refusal} 429 while the project has no access: its quota is 0 */
export function requireAccess({ has_business_access }: State): void {
  if (!has_business_access) {
    throw new Refusal(
      429,
      "rateLimitExceeded",
      "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute' of service 'mybusinessaccountmanagement.googleapis.com'.",
      {
        rpc_status: "RESOURCE_EXHAUSTED",
        info: {
          reason: "RATE_LIMIT_EXCEEDED",
          domain: "googleapis.com",
          metadata: { quota_limit_value: "0" },
        },
      }
    )
  }
}

const pageOf = <T>(
  { url }: SimulatorRequest,
  member: string,
  items: T[]
): Reply => {
  const size = Number(url.searchParams.get("pageSize") ?? 10)
  const start = Number(url.searchParams.get("pageToken") ?? 0)
  const page = items.slice(start, start + size)
  return jsonReply(200, {
    ...(page.length > 0 && { [member]: page }),
    ...(start + size < items.length && {
      nextPageToken: String(start + size),
    }),
  })
}

/** `GET /v1/accounts` */
export const listBusinesses = (request: SimulatorRequest): Reply =>
  pageOf(request, "accounts", BUSINESSES)

/** `GET /v1/accounts/:id/locations`: the group has the first one alone. */
export function listLocations(request: SimulatorRequest, id: string): Reply {
  const mask = request.url.searchParams.get("readMask")
  if (!mask) {
    throw invalid("Request contains an invalid argument: read_mask.")
  }
  const fields = mask.split(",")
  return pageOf(
    request,
    "locations",
    LOCATIONS.slice(0, id === "9" ? 1 : undefined).map((location) =>
      Object.fromEntries(
        Object.entries(location).filter(([name]) => fields.includes(name))
      )
    )
  )
}

function requireLocation(parent: string): void {
  const [, location] = parent.split(/(?=locations\/)/)
  if (!LOCATIONS.some(({ name }) => name === location)) {
    throw refusal(404, "NOT_FOUND", "Requested entity was not found.")
  }
}

const present = ({ photo: _, ...post }: StoredPost): object => post

/** `GET /v4/:location/localPosts`, newest first. */
export function listPosts(
  { local_posts }: State,
  request: SimulatorRequest,
  parent: string
): Reply {
  requireLocation(parent)
  return pageOf(
    request,
    "localPosts",
    local_posts
      .filter(({ name }) => name.startsWith(`${parent}/`))
      .reverse()
      .map(present)
  )
}

const ACTIONS = ["BOOK", "ORDER", "SHOP", "LEARN_MORE", "SIGN_UP", "CALL"]

/** What Google refuses of a post. */
function check(body: Partial<StoredPost>): void {
  const { summary = "", topicType = "", callToAction, event, offer } = body
  if (!["STANDARD", "EVENT", "OFFER"].includes(topicType)) {
    throw invalid("topic_type is required.")
  }
  if (summary.length > 1500) {
    throw invalid("summary is longer than 1500 characters.")
  }
  if (topicType !== "STANDARD" && (!event?.title || !event.schedule)) {
    throw invalid("event with title and schedule is required.")
  }
  if (topicType !== "OFFER" && offer) {
    throw invalid("offer is only allowed with the topic type OFFER.")
  }
  if (callToAction && !ACTIONS.includes(callToAction.actionType)) {
    throw invalid("call_to_action.action_type is invalid.")
  }
  if (
    callToAction &&
    (callToAction.actionType === "CALL") === !!callToAction.url
  ) {
    throw invalid("call_to_action.url is required, and not allowed for CALL.")
  }
}

const MIN_PHOTO_BYTES = 10 * 1024

async function fetchPhoto({
  media = [],
}: Partial<StoredPost>): Promise<Buffer | null> {
  const [photo] = media
  if (!photo) {
    return null
  }
  const response = await fetch(photo.sourceUrl).catch(() => null)
  const type = response?.headers.get("content-type") ?? ""
  if (!response?.ok || !/^image\/(?:jpeg|png)/.test(type)) {
    throw invalid("Fetching the photo from media.source_url failed.")
  }
  const file = Buffer.from(await response.arrayBuffer())
  if (file.length < MIN_PHOTO_BYTES) {
    throw invalid("The photo is smaller than 10 KB.")
  }
  return file
}

/** `POST /v4/:location/localPosts` */
export async function createPost(
  state: State,
  { body }: SimulatorRequest,
  parent: string
): Promise<Reply> {
  requireLocation(parent)
  const sent = readJson<Partial<StoredPost>>(body, LOCAL_POST)
  check(sent)
  const photo = await fetchPhoto(sent)
  state.last_id += 1
  const at = new Date().toISOString()
  const post: StoredPost = {
    ...sent,
    summary: sent.summary ?? "",
    topicType: sent.topicType ?? "",
    name: `${parent}/localPosts/${state.last_id}`,
    state: state.post_states.shift() ?? "LIVE",
    createTime: at,
    updateTime: at,
    searchUrl: `https://local.google.com/place?id=${state.last_id}&use=posts`,
    photo,
  }
  state.local_posts.push(post)
  return jsonReply(200, present(post))
}

const find = ({ local_posts }: State, name: string): StoredPost => {
  const post = local_posts.find((one) => one.name === name)
  if (!post) {
    throw refusal(404, "NOT_FOUND", "Requested entity was not found.")
  }
  return post
}

/** `GET /v4/:post` */
export const showPost = (state: State, name: string): Reply =>
  jsonReply(200, present(find(state, name)))

/** `DELETE /v4/:post` */
export function deletePost(state: State, name: string): Reply {
  const post = find(state, name)
  state.local_posts = state.local_posts.filter((one) => one !== post)
  return jsonReply(200, {})
}

/** A post as the page shows it. */
export const showCard = (post: StoredPost): Html =>
  html`<article class="card post" id="${post.name}">
    <p class="muted">
      ${LOCATIONS.find(({ name }) => post.name.includes(name))?.title} ·
      ${post.topicType} · ${post.state} · ${post.createTime}
    </p>
    ${post.event && html`<h2>${post.event.title}</h2>`}
    ${
      post.photo &&
      html`<div class="images">
        <img src="/photos/${post.name.split("/").pop()}" alt="" />
      </div>`
    }
    <p class="text">${post.summary}</p>
    ${
      post.callToAction &&
      html`<p>
        <a href="${post.callToAction.url ?? "#"}"
          >${post.callToAction.actionType}</a
        >
      </p>`
    }
  </article>`
