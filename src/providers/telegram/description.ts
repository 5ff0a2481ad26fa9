import type { ErrorRule, ParsedServiceError } from "../../http/classify"
import { apiAddress } from "../templates/support/address"
import type { ProviderDescription } from "../types"

export const TELEGRAM = "Telegram"

/**
 * What refusals mean. Telegram's `error_code` repeats the HTTP status; what is
 * wrong stands in the description alone.
 */
export const TELEGRAM_ERROR_RULES: readonly ErrorRule[] = [
  {
    code: "401",
    errorClass: "token_invalid",
    next_action: "Ask @BotFather for the bot's token, and enter it again.",
  },
  // A token that is none is an address that does not exist.
  { code: "404", errorClass: "token_invalid" },
  {
    code: "409",
    errorClass: "config_error",
    next_action:
      "Another program reads this bot's updates: enter the channels in the platform's settings instead.",
  },
  { code: "429", errorClass: "rate_limited" },
  {
    code: "413",
    errorClass: "content_rejected",
    next_action: "Use smaller files.",
  },
  {
    pattern: /upgraded to a supergroup|group migrated/i,
    errorClass: "account_restricted",
    next_action:
      "The group has another id now: enter that in the platform's channels, synchronize the accounts and choose the new one.",
  },
  {
    pattern: /chat not found|channel_(?:invalid|private)|peer_id_invalid/i,
    errorClass: "account_restricted",
    next_action:
      "Check the channel's @name or id, and that the bot is a member of it.",
  },
  {
    code: "403",
    errorClass: "permission",
    next_action:
      "Add the bot to the channel as an administrator who may post messages.",
  },
  {
    pattern:
      /not enough rights|administrator rights|no rights to send|have no write access|chat_write_forbidden|chat_admin_required|chat_send_\w+_forbidden/i,
    errorClass: "permission",
    next_action:
      "Make the bot an administrator of the channel who may post messages.",
  },
  {
    pattern: /message can't be deleted/i,
    errorClass: "permission",
    next_action:
      "Delete it in Telegram: bots delete only what is younger than 48 hours, or where they may delete messages.",
  },
  {
    pattern: /topic_(?:closed|deleted)|message thread not found/i,
    errorClass: "account_restricted",
    next_action: "Choose another topic in the post's settings.",
  },
  {
    pattern: /can't parse (?:entities|caption|message)/i,
    errorClass: "content_rejected",
    next_action:
      "Close every HTML tag, write & as &amp; and < as &lt;, or choose plain text.",
  },
  {
    pattern: /is too long|caption_too_long/i,
    errorClass: "content_rejected",
    next_action: "Shorten the text.",
  },
  {
    pattern: /button_url_invalid|button_data_invalid|url host is empty/i,
    errorClass: "content_rejected",
    next_action: "The button needs the public address of a page.",
  },
  {
    pattern:
      /photo_invalid_dimensions|image_process_failed|wrong (?:type|file identifier)|file is too big|failed to get http url content|webpage_/i,
    errorClass: "content_rejected",
    next_action: "Use another file.",
  },
  // A refusal inside of a successful response that no rule knows says nothing of the post.
  { status: 200, errorClass: "transient" },
]

/** Bot API, "Making requests": `ok`, `error_code`, `description` and, for some, `parameters`. */
const readError = (
  body: Record<string, unknown> | undefined
): ParsedServiceError | undefined => {
  if (body?.ok !== false) {
    return undefined
  }
  const { error_code, description, parameters } = body
  const { migrate_to_chat_id: newId } = Object(parameters) as {
    migrate_to_chat_id?: unknown
  }
  const message = String(description ?? "")
  return {
    code: error_code === undefined ? "refused" : String(error_code),
    ...(message && {
      message: newId ? `${message} (its id is ${String(newId)})` : message,
    }),
  }
}

/** Telegram's Bot API: channels and groups that a bot posts to. */
export const telegramDescription: ProviderDescription = {
  identifier: "telegram",
  label: TELEGRAM,
  description: "Posts to Telegram channels and groups, sent by a bot.",
  category: "social",
  categories: ["social", "communication"],
  auth_types: ["api_key"],
  credential_fields: [
    {
      name: "api_key",
      label: "Bot token",
      required: true,
      help: "@BotFather shows it when the bot is made with /newbot.",
    },
  ],
  setting_fields: [
    {
      name: "channels",
      label: "Channels and groups",
      required: false,
      input: "text",
      help: "Their @names, or ids such as -1001234567890, with commas between them. The bot must be an administrator who may post messages.",
    },
    {
      name: "staging_chat",
      label: "Private chat for uploads",
      required: false,
      input: "text",
      help: "The id of a private channel or group with the bot. Files are uploaded there ahead of time, so that the post itself goes out in a moment.",
    },
    {
      name: "max_upload_mb",
      label: "Largest file in MB",
      required: false,
      input: "number",
      default: "50",
      help: "50 at api.telegram.org; up to 2000 with a Bot API server of your own.",
    },
    {
      name: "base_url",
      label: "Address of the Bot API",
      required: false,
      input: "url",
      help: "Only for a Bot API server of your own, or the simulator.",
    },
  ],
  docs_url: "https://core.telegram.org/bots/api",
  api: {
    base_address: (settings) =>
      apiAddress(TELEGRAM, "https://api.telegram.org", [], settings),
    authentication: () => ({ in: "path", credential: "api_key" }),
    retry_after: ["parameters.retry_after"],
    read_error: readError,
  },
  error_rules: TELEGRAM_ERROR_RULES,
}
