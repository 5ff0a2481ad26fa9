import { jsonReply, type Reply } from "../../http"
import {
  type Container,
  GraphRefusal,
  INSTAGRAM,
  nextId,
  type State,
  type StoredFile,
  type StoredPost,
} from "./state"

type Fields = Record<string, string>
type Network = Container["network"]

const DAY_MS = 86_400_000

const invalid = (message: string, subcode?: number, code = 100): never => {
  throw new GraphRefusal(400, code, subcode, message)
}

/** What the network fetches from the store, as it would over the internet. */
export const fetchFile = async (address: string): Promise<StoredFile> => {
  const response = await fetch(address, { redirect: "error" }).catch(() => null)
  if (!response?.ok) {
    return invalid(
      "The media could not be fetched from this URI.",
      2207052,
      9004
    )
  }
  return {
    content_type: (response.headers.get("content-type") ?? "").split(";")[0],
    body: Buffer.from(await response.arrayBuffer()),
    alt_text: null,
  }
}

/** What each network says of a container that it does not take. */
const checkFields = (network: Network, fields: Fields): void => {
  const text = fields.caption ?? fields.text ?? ""
  if (network === "instagram") {
    if (text.length > 2200) {
      invalid("The caption was too long.", 2207010, 36004)
    }
    if (fields.media_type === "VIDEO" && fields.is_carousel_item !== "true") {
      invalid("Use media_type REELS for a single video.", 2207023)
    }
    return
  }
  if ([...text].length > 500) {
    invalid("Param text must be at most 500 characters long.")
  }
  if (!["TEXT", "IMAGE", "VIDEO", "CAROUSEL"].includes(fields.media_type)) {
    invalid("Param media_type must be one of TEXT, IMAGE, VIDEO, CAROUSEL.")
  }
  if (fields.media_type === "TEXT" && !text) {
    invalid("Param text is required.")
  }
  if (fields.link_attachment && fields.media_type !== "TEXT") {
    invalid("Param link_attachment is for TEXT only.")
  }
}

/** `POST /{account}/media`, `POST /{account}/threads`. */
export async function makeContainer(
  state: State,
  network: Network,
  fields: Fields
): Promise<Reply> {
  checkFields(network, fields)
  const container: Container = {
    id: nextId(state),
    network,
    fields,
    status: "IN_PROGRESS",
    why: "",
    ready_at: Date.now(),
    files: [],
  }
  if (fields.media_type === "CAROUSEL") {
    container.files = childrenOf(state, network, fields).flatMap(
      ({ files }) => files
    )
  } else if (fields.image_url) {
    const file = await fetchFile(fields.image_url)
    if (network === "instagram" && file.content_type !== "image/jpeg") {
      invalid("The image format is not supported.", 2207005, 36001)
    }
    container.files = [{ ...file, alt_text: fields.alt_text ?? null }]
    container.ready_at += state.processing_ms.image
  } else if (fields.video_url) {
    await fetchFile(fields.video_url).then(
      (file) => {
        container.files = [{ ...file, alt_text: fields.alt_text ?? null }]
      },
      () => {
        container.status = "ERROR"
        container.why =
          network === "threads"
            ? "FAILED_DOWNLOADING_VIDEO"
            : "Error: Media upload has failed with error code 2207077"
      }
    )
    container.ready_at += state.processing_ms.video
  } else if (network === "instagram") {
    invalid("The media type is unknown.", 2207023)
  }
  state.containers.push(container)
  return jsonReply(200, { id: container.id })
}

const childrenOf = (
  state: State,
  network: Network,
  { children = "" }: Fields
): Container[] => {
  const ids = children.split(",").filter(Boolean)
  const most = network === "instagram" ? 10 : 20
  if (ids.length < 2 || ids.length > most) {
    invalid(`A carousel needs between 2 and ${most} items.`, 2207028)
  }
  return ids.map((id) => {
    const child = findContainer(state, id)
    settle(child)
    if (
      child?.fields.is_carousel_item !== "true" ||
      child.status !== "FINISHED"
    ) {
      return invalid("A carousel's item is not ready.", 2207028)
    }
    return child
  })
}

export const findContainer = (
  state: State,
  id: string
): Container | undefined => state.containers.find((one) => one.id === id)

/** What has become ready by now is. */
const settle = (container: Container | undefined): void => {
  if (container?.status === "IN_PROGRESS" && container.ready_at <= Date.now()) {
    container.status = "FINISHED"
  }
}

/** `GET /{container}`. */
export function showContainer(container: Container): Reply {
  settle(container)
  const { id, status, why, network } = container
  return jsonReply(
    200,
    network === "instagram"
      ? {
          id,
          status_code: status,
          status: why || `${status}: Media has been ${status.toLowerCase()}.`,
        }
      : { id, status, ...(why && { error_message: why }) }
  )
}

const sinceYesterday = ({ created_at }: StoredPost): boolean =>
  Date.parse(created_at) > Date.now() - DAY_MS

/** How many of the day's posts the account has had. */
export const used = (state: State, network: Network, isReply = false): number =>
  state.posts.filter(
    (post) =>
      post.network === network &&
      (post.kind === "reply") === isReply &&
      post.kind !== "comment" &&
      sinceYesterday(post)
  ).length

/** `POST /{account}/media_publish`, `POST /{account}/threads_publish`. */
export function publishContainer(
  state: State,
  network: Network,
  fields: Fields
): Reply {
  const container = findContainer(state, fields.creation_id ?? "")
  settle(container)
  if (
    !container ||
    container.network !== network ||
    container.status === "EXPIRED"
  ) {
    return invalid(
      "The media builder with this creation id does not exist or has expired.",
      2207008,
      24
    )
  }
  if (container.status === "PUBLISHED") {
    return invalid("The media was published already.", 2207006, 24)
  }
  if (container.status !== "FINISHED") {
    return invalid(
      "The media is not ready for publishing, please wait for a moment.",
      2207027,
      9007
    )
  }
  const isReply = !!container.fields.reply_to_id
  const most = isReply ? state.quota.replies : state.quota[network]
  if (used(state, network, isReply) >= most) {
    throw new GraphRefusal(
      403,
      9,
      2207042,
      "You reached maximum number of posts that is allowed to be published by Content Publishing API."
    )
  }
  container.status = "PUBLISHED"
  const { caption, text, media_type, reply_to_id, link_attachment } =
    container.fields
  const kinds: Record<string, string> = { STORIES: "story", REELS: "reel" }
  const post: StoredPost = {
    id: nextId(state),
    network,
    kind: reply_to_id ? "reply" : (kinds[media_type] ?? "feed"),
    text: caption ?? text ?? "",
    link: link_attachment ?? null,
    files: container.files,
    fields: container.fields,
    reply_to: reply_to_id ?? null,
    made_of: [container.id],
    created_at: new Date().toISOString(),
  }
  state.posts.push(post)
  return jsonReply(200, { id: post.id })
}

/** A post as the Graph API shows it. */
export function presentPost(
  { id, network, text, kind, created_at }: StoredPost,
  url: string
): Record<string, unknown> {
  const shared = {
    id,
    permalink: `${url}/posts/${id}`,
    timestamp: created_at.replace("Z", "+0000"),
    shortcode: `S${id}`,
  }
  return network === "threads"
    ? { ...shared, ...(text && { text }) }
    : {
        ...shared,
        ...(text && kind !== "story" && { caption: text }),
        username: INSTAGRAM.username,
        media_product_type: { reel: "REELS", story: "STORY" }[kind] ?? "FEED",
      }
}
