import {
  closed,
  COUNT_IN_QUERY,
  FILE,
  FLAG,
  FLAG_IN_QUERY,
  type Schema,
  type Specification,
} from "../specification"

const upTo = (maxLength: number): Schema => ({ type: "string", maxLength })
const SNOWFLAKE: Schema = { type: "string", pattern: "^(0|[1-9]\\d*)$" }
const TAGS: Schema = { type: "array", items: SNOWFLAKE, maxItems: 5 }
const THREAD_NAME: Schema = { type: "string", minLength: 1, maxLength: 100 }

/** What every message may have, as far as a post can use it. */
const message = {
  content: upTo(2000),
  embeds: {
    type: "array",
    maxItems: 10,
    items: closed({
      url: upTo(2048),
      title: upTo(256),
      description: upTo(4096),
      image: closed({ url: upTo(2048) }),
    }),
  },
  allowed_mentions: closed({
    parse: { type: "array", items: { enum: ["roles", "users", "everyone"] } },
    users: { type: "array", items: SNOWFLAKE, maxItems: 100 },
    roles: { type: "array", items: SNOWFLAKE, maxItems: 100 },
    replied_user: FLAG,
  }),
  flags: { type: "integer" },
  attachments: {
    type: "array",
    maxItems: 10,
    items: closed(
      {
        id: SNOWFLAKE,
        filename: { type: "string", minLength: 1, maxLength: 1024 },
        description: upTo(1024),
      },
      ["id"]
    ),
  },
}

const channelMessage = closed({
  ...message,
  message_reference: closed(
    {
      message_id: SNOWFLAKE,
      channel_id: SNOWFLAKE,
      guild_id: SNOWFLAKE,
      fail_if_not_exists: FLAG,
    },
    ["message_id"]
  ),
  nonce: upTo(25),
  enforce_nonce: FLAG,
  tts: FLAG,
})

const forumThread = closed(
  { name: THREAD_NAME, applied_tags: TAGS, message: closed(message) },
  ["name", "message"]
)

const webhookMessage = closed({
  ...message,
  tts: FLAG,
  username: upTo(80),
  avatar_url: upTo(2048),
  thread_name: upTo(100),
  applied_tags: TAGS,
})

/** JSON, or a form with the same JSON and the files that its attachments name. */
const orWithFiles = (json: Schema): Record<string, Schema> => ({
  "application/json": json,
  "multipart/form-data": {
    ...closed({ payload_json: json }, ["payload_json"]),
    patternProperties: { "^files\\[\\d\\]$": FILE },
  },
})

const CHANNEL = "/api/v10/channels/{channel_id}"
const WEBHOOK = "/api/v10/webhooks/{webhook_id}/{webhook_token}"

/** Written from Discord's documentation of its HTTP API. */
export const discordSpecification: Specification = {
  source: "discord.com/developers/docs/resources, version 10 of July 2026",
  operations: [
    { call: "GET /api/v10/users/@me" },
    {
      call: "GET /api/v10/users/@me/guilds",
      query: {
        before: SNOWFLAKE,
        after: SNOWFLAKE,
        limit: COUNT_IN_QUERY,
        with_counts: FLAG_IN_QUERY,
      },
    },
    {
      call: "GET /api/v10/guilds/{guild_id}",
      query: { with_counts: FLAG_IN_QUERY },
    },
    { call: "GET /api/v10/guilds/{guild_id}/channels" },
    { call: "GET /api/v10/guilds/{guild_id}/members/{user_id}" },
    { call: "GET /api/v10/guilds/{guild_id}/threads/active" },
    { call: `GET ${CHANNEL}` },
    {
      call: `GET ${CHANNEL}/messages`,
      query: {
        around: SNOWFLAKE,
        before: SNOWFLAKE,
        after: SNOWFLAKE,
        limit: { type: "string", pattern: "^([1-9]\\d?|100)$" },
      },
    },
    { call: `POST ${CHANNEL}/messages`, body: orWithFiles(channelMessage) },
    { call: `POST ${CHANNEL}/threads`, body: orWithFiles(forumThread) },
    { call: `GET ${CHANNEL}/messages/{message_id}` },
    { call: `DELETE ${CHANNEL}/messages/{message_id}` },
    { call: `POST ${CHANNEL}/messages/{message_id}/crosspost` },
    {
      call: `POST ${CHANNEL}/messages/{message_id}/threads`,
      body: { "application/json": closed({ name: THREAD_NAME }, ["name"]) },
    },
    { call: `GET ${WEBHOOK}` },
    {
      call: `POST ${WEBHOOK}`,
      query: {
        wait: FLAG_IN_QUERY,
        thread_id: SNOWFLAKE,
        with_components: FLAG_IN_QUERY,
      },
      body: orWithFiles(webhookMessage),
    },
    {
      call: `DELETE ${WEBHOOK}/messages/{message_id}`,
      query: { thread_id: SNOWFLAKE },
    },
  ],
}
