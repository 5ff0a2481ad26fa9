import { ServiceError } from "../../errors/service-error"
import { type FormFile, multipart } from "../../http/body"
import type { ProviderContext } from "../types"
import { TELEGRAM } from "./description"

/** What of the Bot API's objects is used (core.telegram.org/bots/api#available-types). */
export interface BotUser {
  id: number
  first_name: string
  username?: string
}

export interface Chat {
  id: number
  type: "private" | "group" | "supergroup" | "channel"
  title?: string
  username?: string
  permissions?: { can_send_messages?: boolean }
}

export interface ChatMember {
  status: string
  can_post_messages?: boolean
  can_send_messages?: boolean
}

interface SentFile {
  file_id: string
}

export interface Message {
  message_id: number
  chat: Chat
  /** In all its sizes, the largest last. */
  photo?: SentFile[]
  video?: SentFile
  animation?: SentFile
  document?: SentFile
}

/** While a file is sent it begins anew with each chunk; then Telegram looks at the file. */
const UPLOAD_TIMEOUT_MS = 120_000

/**
 * Calls a method of the Bot API.
 *
 * @param parameters - what is undefined is left out
 * @param files - sent in a form, with the parameters as its fields
 * @throws {ServiceError}
 */
export const callBot = async <T>(
  { request }: ProviderContext,
  method: string,
  parameters: Readonly<Record<string, unknown>> = {},
  files: readonly FormFile[] = []
): Promise<T> => {
  const { result } = await request<{ result?: T }>(`/bot{api_key}/${method}`, {
    method: "POST",
    ...(files.length
      ? {
          body: multipart(fieldsOf(parameters), files),
          timeout_ms: UPLOAD_TIMEOUT_MS,
        }
      : { json: parameters }),
  })
  if (result === undefined || result === null) {
    throw new ServiceError(
      "transient",
      `${TELEGRAM} answered without a result.`,
      { code: "malformed_response", outcomeUnknown: true }
    )
  }
  return result
}

const fieldsOf = (
  parameters: Readonly<Record<string, unknown>>
): [string, string][] =>
  Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [
      name,
      typeof value === "object" ? JSON.stringify(value) : String(value),
    ])
