import type { ErrorRule, ParsedServiceError } from "../../http/classify"
import type { ApiDescription } from "../api-description"
import { serviceProvider } from "../service-template"
import { apiAddress } from "../templates/support/address"
import type { ProviderDescription, SettingField } from "../types"

export const DISCORD = "Discord"

const ADDRESS = "https://discord.com"

/** What Discord's JSON error codes mean (its documentation, "Opcodes and Status Codes"). */
export const DISCORD_ERROR_RULES: readonly ErrorRule[] = [
  {
    code: /^(?:10015|50027)$/,
    errorClass: "token_invalid",
    next_action: "The webhook was deleted: make a new one, and enter its URL.",
  },
  { code: "40001", errorClass: "token_invalid" },
  {
    code: /^(?:10003|10004)$/,
    errorClass: "account_restricted",
    next_action:
      "The channel is gone, or the bot was removed from the server: synchronize the accounts.",
  },
  { code: /^(?:40002|40007)$/, errorClass: "account_restricted" },
  {
    code: /^(?:50001|50013|160002)$/,
    errorClass: "permission",
    next_action:
      "Let the bot view the channel, read its history, send messages, embed links and attach files there.",
  },
  {
    code: /^(?:20016|20022|20028|20029|40062)$/,
    errorClass: "rate_limited",
  },
  { code: /^(?:40006|130000)$/, errorClass: "transient" },
  {
    code: /^(?:40005|50045)$/,
    errorClass: "content_rejected",
    next_action: "Use smaller files.",
  },
  {
    code: "40067",
    errorClass: "content_rejected",
    next_action: "Choose a tag in the post's settings.",
  },
  {
    code: /^(?:220001|220003)$/,
    errorClass: "content_rejected",
    next_action:
      "A forum needs a title for each post: enter it in the post's settings.",
  },
  {
    code: /^(?:50083|160005)$/,
    errorClass: "account_restricted",
    next_action: "The thread is closed: choose another one.",
  },
  {
    code: /^(?:200000|200001|240000)$/,
    errorClass: "content_rejected",
    next_action: "The server's rules block these words or links: change them.",
  },
  {
    code: /^(?:50006|50008|50024|50035|50046|50109|160006)$/,
    errorClass: "content_rejected",
  },
  // A gateway's word for a channel, message or webhook that is not there.
  { status: 404, code: "0", errorClass: "account_restricted" },
]

/** The first `{ code, message }` in the tree that 50035 comes with, after its path. */
const firstDetail = (
  node: unknown,
  path: string[] = []
): string | undefined => {
  if (typeof node !== "object" || node === null) {
    return undefined
  }
  const { _errors: own } = node as { _errors?: { message?: string }[] }
  if (own?.[0]?.message) {
    return `${path.join(".")}: ${own[0].message}`
  }
  for (const [name, child] of Object.entries(node)) {
    const found = firstDetail(child, [...path, name])
    if (found) {
      return found
    }
  }
  return undefined
}

const readError = (
  body: Record<string, unknown> | undefined,
  { ok }: Response
): ParsedServiceError | undefined => {
  const detail = ok ? undefined : firstDetail(body?.errors)
  return detail && body
    ? {
        code: String(body.code),
        message: `${String(body.message)} (${detail})`,
      }
    : undefined
}

const api: ApiDescription = {
  base_address: (settings) => apiAddress(DISCORD, ADDRESS, [], settings),
  // Discord refuses clients that do not name themselves in this form.
  headers: () => ({ "user-agent": "DiscordBot (https://medusajs.com, 1.0)" }),
  retry_after: ["retry_after"],
  read_error: readError,
}

/** How a bot and a person authenticate, and whom they turn out to be. */
export const discordLogin = serviceProvider({
  identifier: "discord",
  label: DISCORD,
  description:
    "Posts to channels and forums of Discord servers, sent by a bot.",
  category: "social",
  categories: ["social", "communication"],
  docs_url: "https://discord.com/developers/docs/topics/oauth2",
  api: ADDRESS,
  authentication: [
    {
      type: "api_key",
      in: { header: "authorization", prefix: "Bot" },
      label: "Bot token",
      help: "From the application's page Bot in Discord's developer portal.",
    },
    {
      type: "oauth2",
      authorization_endpoint: "https://discord.com/api/oauth2/authorize",
      token_endpoint: "https://discord.com/api/oauth2/token",
      scopes: ["identify", "guilds"],
    },
  ],
  probe: {
    path: "/api/v10/users/@me",
    account: ["global_name", "username", "id"],
  },
  error_rules: DISCORD_ERROR_RULES,
})

const ADDRESS_FIELD: SettingField = {
  name: "base_url",
  label: "Address of the API",
  required: false,
  input: "url",
  help: "Only for a proxy of your own, or the simulator.",
}

/** Discord by a bot. A person's consent (OAuth) tells who they are, and cannot post. */
export const discordDescription: ProviderDescription = {
  ...discordLogin.description,
  setting_fields: [...discordLogin.description.setting_fields, ADDRESS_FIELD],
  api: { ...discordLogin.description.api, ...api },
}

/** The address of a webhook as Discord shows it, on any of its hosts. */
const WEBHOOK =
  /^https:\/\/(?:(?:ptb|canary)\.)?discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/(\d+\/[\w-]+)\/?$/

/** Discord by the address of one channel's webhook. */
export const discordWebhookDescription: ProviderDescription = {
  identifier: "discord_webhook",
  label: "Discord webhook",
  description:
    "Posts to one Discord channel through its webhook, without a bot.",
  category: "social",
  categories: ["social", "communication"],
  auth_types: ["api_key"],
  credential_fields: [
    {
      name: "webhook_url",
      label: "Webhook URL",
      required: true,
      help: "In Discord: Edit Channel, Integrations, Webhooks, New Webhook, Copy Webhook URL. Whoever has it can post to the channel.",
    },
  ],
  setting_fields: [ADDRESS_FIELD],
  docs_url:
    "https://support.discord.com/hc/en-us/articles/228383668-Intro-to-Webhooks",
  api: {
    ...api,
    service: DISCORD,
    authentication: () => ({
      in: "path",
      credential: "webhook_url",
      pattern: WEBHOOK,
    }),
  },
  error_rules: DISCORD_ERROR_RULES,
}
