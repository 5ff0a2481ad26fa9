import {
  closed,
  COUNT_IN_QUERY,
  FILE,
  FLAG,
  FLAG_IN_QUERY,
  type Specification,
  TEXT,
} from "../specification"

const status = {
  in_reply_to_id: TEXT,
  language: { type: "string", pattern: "^[a-z]{2,3}$" },
  media_ids: { type: "array", items: TEXT, minItems: 1 },
  poll: closed(
    {
      options: { type: "array", items: TEXT },
      expires_in: { type: "integer" },
      multiple: FLAG,
      hide_totals: FLAG,
    },
    ["options", "expires_in"]
  ),
  quote_approval_policy: { enum: ["public", "followers", "nobody"] },
  quoted_status_id: TEXT,
  scheduled_at: TEXT,
  sensitive: FLAG,
  spoiler_text: TEXT,
  status: TEXT,
  visibility: { enum: ["public", "unlisted", "private", "direct"] },
}

/** Written from Mastodon's documentation of its methods. */
export const mastodonSpecification: Specification = {
  source: "docs.joinmastodon.org/methods, Mastodon 4.7",
  operations: [
    { call: "GET /api/v1/accounts/verify_credentials" },
    { call: "GET /api/v2/instance" },
    {
      call: "POST /api/v2/media",
      body: {
        "multipart/form-data": closed(
          {
            file: FILE,
            thumbnail: FILE,
            description: TEXT,
            focus: {
              type: "string",
              pattern: "^-?[01](\\.\\d+)?,-?[01](\\.\\d+)?$",
            },
          },
          ["file"]
        ),
      },
    },
    { call: "GET /api/v1/media/{id}" },
    {
      call: "POST /api/v1/statuses",
      body: {
        "application/json": {
          ...closed(status),
          anyOf: ["status", "media_ids", "poll"].map((name) => ({
            required: [name],
          })),
          // A post has files or a poll.
          not: { required: ["media_ids", "poll"] },
        },
      },
    },
    { call: "GET /api/v1/statuses/{id}" },
    {
      call: "DELETE /api/v1/statuses/{id}",
      query: { delete_media: FLAG_IN_QUERY },
    },
    {
      call: "GET /api/v1/accounts/{id}/statuses",
      query: {
        exclude_reblogs: FLAG_IN_QUERY,
        exclude_replies: FLAG_IN_QUERY,
        limit: COUNT_IN_QUERY,
        max_id: TEXT,
        min_id: TEXT,
        only_media: FLAG_IN_QUERY,
        pinned: FLAG_IN_QUERY,
        since_id: TEXT,
        tagged: TEXT,
      },
    },
  ],
}
