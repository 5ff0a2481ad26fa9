import {
  closed,
  FILE,
  FLAG,
  type Schema,
  type Specification,
} from "../specification"

const ID: Schema = { type: "string", pattern: "^[0-9]{1,19}$" }

const json = (schema: Schema) => ({ "application/json": schema })

/** Some of these words, separated by commas. */
const someOf = (...words: string[]): Schema => {
  const word = `(${words.join("|")})`
  return { type: "string", pattern: `^${word}(,${word})*$` }
}

const POST_FIELDS = someOf(
  "attachments",
  "conversation_id",
  "created_at",
  "entities",
  "non_public_metrics",
  "note_post",
  "public_metrics",
  "text"
)

const USER_FIELDS = someOf(
  "profile_image_url",
  "public_metrics",
  "subscription_type",
  "verified_type"
)

/** What a post may have, as far as a store can use it. */
const post = closed({
  text: { type: "string" },
  media: closed(
    {
      media_ids: { type: "array", minItems: 1, maxItems: 4, items: ID },
      preview_media_id: ID,
    },
    ["media_ids"]
  ),
  poll: closed(
    {
      options: {
        type: "array",
        minItems: 2,
        maxItems: 4,
        items: { type: "string", minLength: 1, maxLength: 25 },
      },
      duration_minutes: { type: "integer", minimum: 5, maximum: 10_080 },
    },
    ["options", "duration_minutes"]
  ),
  reply: closed({ in_reply_to_tweet_id: ID }, ["in_reply_to_tweet_id"]),
  reply_settings: {
    enum: ["following", "mentionedUsers", "subscribers", "verified"],
  },
  quote_tweet_id: ID,
  community_id: ID,
  made_with_ai: FLAG,
  paid_partnership: FLAG,
})

/** Written from the OpenAPI description of X's API. */
export const xSpecification: Specification = {
  source: "docs.x.com/openapi.json, version 2.167 of August 2026",
  operations: [
    { call: "GET /2/users/me", query: { "user.fields": USER_FIELDS } },
    {
      call: "GET /2/users/{id}/tweets",
      query: {
        max_results: { type: "string", pattern: "^([5-9]|[1-9]\\d|100)$" },
        pagination_token: { type: "string", minLength: 1 },
        start_time: {
          type: "string",
          pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$",
        },
        "post.fields": POST_FIELDS,
      },
    },
    { call: "POST /2/tweets", body: json(post) },
    { call: "GET /2/tweets/{id}", query: { "post.fields": POST_FIELDS } },
    { call: "DELETE /2/tweets/{id}" },
    {
      call: "POST /2/media/upload/initialize",
      body: json(
        closed(
          {
            media_type: {
              enum: [
                "image/jpeg",
                "image/png",
                "image/webp",
                "image/gif",
                "video/mp4",
                "video/quicktime",
              ],
            },
            media_category: {
              enum: ["tweet_image", "tweet_gif", "tweet_video"],
            },
            total_bytes: {
              type: "integer",
              minimum: 0,
              maximum: 17_179_869_184,
            },
          },
          ["media_type", "media_category", "total_bytes"]
        )
      ),
    },
    {
      call: "POST /2/media/upload/{id}/append",
      body: {
        "multipart/form-data": closed(
          {
            media: FILE,
            segment_index: { type: "string", pattern: "^\\d{1,3}$" },
          },
          ["media", "segment_index"]
        ),
      },
    },
    { call: "POST /2/media/upload/{id}/finalize" },
    {
      call: "GET /2/media/upload",
      query: { command: { const: "STATUS" }, media_id: ID },
    },
    {
      call: "POST /2/media/metadata",
      body: json(
        closed(
          {
            id: ID,
            metadata: closed({
              alt_text: closed(
                { text: { type: "string", minLength: 1, maxLength: 1000 } },
                ["text"]
              ),
              sensitive_media_warning: closed({
                adult_content: FLAG,
                graphic_violence: FLAG,
                other: FLAG,
              }),
            }),
          },
          ["id", "metadata"]
        )
      ),
    },
  ],
}
