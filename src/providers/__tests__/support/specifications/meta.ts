import {
  closed,
  FILE,
  FLAG_IN_QUERY,
  type Schema,
  type Specification,
  TEXT,
} from "../specification"

const FORM = "application/x-www-form-urlencoded"
const NUMBER: Schema = { type: "string", pattern: "^\\d+$" }
const LIST: Schema = { type: "string", pattern: "^\\[.+\\]$" }

/** HMAC-SHA256 of the token, in hexadecimal. */
const query = {
  appsecret_proof: { type: "string", pattern: "^[0-9a-f]{64}$" },
}

const post = (
  path: string,
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = [],
  type = FORM
) => ({
  call: `POST /facebook/v25.0/{id}/${path}`,
  query,
  body: { [type]: closed(properties, required) },
})

const comment = post("comments", { message: TEXT }, ["message"])

/** Written from Meta's documentation of a page's edges. */
export const facebookSpecification: Specification = {
  source: "developers.facebook.com/docs/graph-api/reference/page, v25.0",
  operations: [
    post("feed", { message: TEXT, link: TEXT, attached_media: LIST }),
    post(
      "photos",
      { published: FLAG_IN_QUERY, alt_text_custom: TEXT, source: FILE },
      ["source"],
      "multipart/form-data"
    ),
    post("photo_stories", { photo_id: NUMBER }, ["photo_id"]),
    comment,
  ],
}

/** Written from Meta's documentation of an Instagram account's edges. */
export const instagramSpecification: Specification = {
  source: "developers.facebook.com/docs/instagram-platform/reference, v25.0",
  operations: [
    post("media", {
      alt_text: TEXT,
      audio_name: TEXT,
      caption: TEXT,
      children: TEXT,
      collaborators: LIST,
      cover_url: TEXT,
      image_url: TEXT,
      is_carousel_item: FLAG_IN_QUERY,
      location_id: NUMBER,
      media_type: { enum: ["CAROUSEL", "REELS", "STORIES", "VIDEO"] },
      product_tags: LIST,
      share_to_feed: FLAG_IN_QUERY,
      thumb_offset: NUMBER,
      user_tags: LIST,
      video_url: TEXT,
    }),
    post("media_publish", { creation_id: NUMBER }, ["creation_id"]),
    comment,
  ],
}
