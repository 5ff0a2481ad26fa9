import type { Reply } from "../../http"
import type { SimulatorRequest } from "../simulator"
import {
  addPost,
  finish,
  invalid,
  readJson,
  requireAllowed,
  requireInbox,
  requireMembers,
  type Source,
  success,
  takeInit,
} from "./posting"
import { type PostInfo, Refusal, type State } from "./state"

/** `POST /v2/post/publish/content/init/`: TikTok fetches photos after it has answered. */
export async function beginPhotos(
  state: State,
  request: SimulatorRequest
): Promise<Reply> {
  takeInit(state)
  const asked = readJson<{
    media_type?: string
    post_mode?: string
    post_info?: PostInfo
    source_info?: Source
  }>(request)
  const { post_info = {}, source_info = {} } = asked
  const { photo_images = [] } = source_info
  requireMembers(asked, "photo")
  requireMembers(post_info, "photo_info")
  requireMembers(source_info, "photos")
  const fits =
    asked.media_type === "PHOTO" &&
    source_info.source === "PULL_FROM_URL" &&
    photo_images.length >= 1 &&
    photo_images.length <= 35 &&
    (post_info.title ?? "").length <= 90 &&
    (post_info.description ?? "").length <= 4000
  if (!fits) {
    throw invalid("post_info or source_info is invalid")
  }
  if (!photo_images.every((one) => one.startsWith(state.verified_prefix))) {
    throw new Refusal(
      403,
      "url_ownership_unverified",
      "Please review our URL ownership verification rules"
    )
  }
  const isDirect = asked.post_mode === "DIRECT_POST"
  if (isDirect) {
    requireAllowed(state, post_info)
  } else {
    requireInbox(state)
  }
  const post = addPost(state, "photo", isDirect ? "direct" : "inbox", post_info)
  post.addresses = photo_images
  const files = await Promise.all(photo_images.map(fetchFile))
  post.files = files.filter((file) => file !== null)
  finish(state, post)
  if (post.files.length < photo_images.length) {
    post.fail_reason ??= "photo_pull_failed"
  } else if (
    post.files.some(({ content_type }) => !/jpeg|webp/.test(content_type))
  ) {
    post.fail_reason ??= "file_format_check_failed"
  }
  return success({ publish_id: post.publish_id })
}

async function fetchFile(address: string) {
  try {
    const response = await fetch(address, { redirect: "error" })
    return response.ok
      ? {
          content_type: response.headers.get("content-type") ?? "",
          body: Buffer.from(await response.arrayBuffer()),
        }
      : null
  } catch {
    return null
  }
}
