import {
  closed,
  COUNT_IN_QUERY,
  FILE,
  FLAG_IN_QUERY,
  type Schema,
  type Specification,
  TEXT,
} from "../specification"

const ID: Schema = { type: "string", pattern: "^\\d+$" }

const text = (maxLength: number): Schema => ({ type: "string", maxLength })

const BASE64: Schema = { type: "string", pattern: "^[a-zA-Z0-9+/=]+$" }

const IMAGE_TYPE: Schema = { enum: ["image/jpeg", "image/png"] }

const image = { content_type: IMAGE_TYPE, data: BASE64 }

const MEDIA_SOURCE: Schema = {
  type: "object",
  required: ["source_type"],
  oneOf: [
    closed({ source_type: { const: "image_base64" }, ...image }, [
      "source_type",
      "content_type",
      "data",
    ]),
    closed(
      {
        source_type: { const: "multiple_image_base64" },
        index: { type: "integer", minimum: 0 },
        items: {
          type: "array",
          minItems: 2,
          maxItems: 5,
          items: closed(
            { ...image, title: TEXT, description: TEXT, link: TEXT },
            ["content_type", "data"]
          ),
        },
      },
      ["source_type", "items"]
    ),
    closed(
      {
        source_type: { const: "video_id" },
        media_id: ID,
        cover_image_url: TEXT,
        cover_image_content_type: IMAGE_TYPE,
        cover_image_data: BASE64,
        cover_image_key_frame_time: { type: "integer", minimum: 0 },
      },
      ["source_type", "media_id"]
    ),
  ],
}

const PIN: Schema = closed(
  {
    board_id: ID,
    board_section_id: ID,
    title: text(100),
    description: text(800),
    alt_text: text(500),
    link: text(2048),
    dominant_color: { type: "string", pattern: "^#[0-9a-fA-F]{6}$" },
    media_source: MEDIA_SOURCE,
  },
  // The description requires nothing; no pin comes to be without these.
  ["board_id", "media_source"]
)

const json = (schema: Schema) => ({ "application/json": schema })

const PAGE = { page_size: COUNT_IN_QUERY, bookmark: TEXT }

const DAY: Schema = { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}$" }

/** Written from Pinterest's OpenAPI description. */
export const pinterestSpecification: Specification = {
  source: "Pinterest REST API, OpenAPI description 5.23.0",
  operations: [
    { call: "GET /v5/user_account" },
    {
      call: "GET /v5/user_account/analytics",
      query: {
        start_date: DAY,
        end_date: DAY,
        metric_types: {
          type: "string",
          pattern:
            "^(?:(?:ENGAGEMENT|IMPRESSION|OUTBOUND_CLICK|PIN_CLICK|SAVE)(?:_RATE)?(?:,|$))+$",
        },
      },
    },
    { call: "GET /v5/boards", query: PAGE },
    { call: "GET /v5/boards/{board_id}/sections", query: PAGE },
    { call: "GET /v5/boards/{board_id}/pins", query: PAGE },
    {
      call: "GET /v5/boards/{board_id}/sections/{section_id}/pins",
      query: PAGE,
    },
    {
      call: "POST /v5/media",
      body: json(closed({ media_type: { const: "video" } }, ["media_type"])),
    },
    { call: "GET /v5/media/{media_id}" },
    // The address of the storage is what the registration has named.
    {
      call: "POST /storage/",
      body: {
        "multipart/form-data": closed(
          {
            "x-amz-date": TEXT,
            "x-amz-signature": TEXT,
            "x-amz-algorithm": TEXT,
            "x-amz-security-token": TEXT,
            "x-amz-credential": TEXT,
            key: TEXT,
            policy: TEXT,
            "Content-Type": TEXT,
            file: FILE,
          },
          ["x-amz-signature", "key", "policy", "Content-Type", "file"]
        ),
      },
    },
    { call: "POST /v5/pins", body: json(PIN) },
    { call: "GET /v5/pins/{pin_id}", query: { pin_metrics: FLAG_IN_QUERY } },
    { call: "DELETE /v5/pins/{pin_id}" },
  ],
}
