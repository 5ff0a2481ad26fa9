import { ServiceError } from "../../errors/service-error"
import { armWithFiles, openFiles } from "../armed-files"
import type {
  Destination,
  Progress,
  PublicationPart,
  PublishJob,
  RemoteRef,
} from "../publication"
import type { ProviderContext } from "../types"
import { callBot, type Message } from "./bot-api"
import { chatIdOf } from "./chats"
import { TELEGRAM } from "./description"
import {
  attached,
  filesOf,
  type FileType,
  messageCall,
  type MessageFile,
  textOf,
} from "./message"
import { telegramSettings, type TelegramSettings } from "./settings"

/** A file that Telegram has, kept as a step's result. */
type StagedFile = { type: FileType; reference: string }

/**
 * Publishes each part as one message, or one album. Telegram cannot be asked
 * what was sent: with a private chat for uploads, files go there beforehand and
 * the armed call is a few hundred bytes that name them.
 */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const settings = telegramSettings.parse(job.settings)
  for (const part of job.parts) {
    if (!part.published) {
      await publishPart(context, job, part, settings)
    }
  }
  return { state: "published" }
}

const publishPart = async (
  context: ProviderContext,
  job: PublishJob,
  part: PublicationPart,
  settings: TelegramSettings
): Promise<void> => {
  const message = textOf(job, part, settings)
  const staging = String(context.settings.staging_chat ?? "").trim()
  const isStaged = Boolean(part.media.length && staging)
  const { files, form } = isStaged
    ? {
        files: await stage(context, job, part, chatIdOf(staging)),
        form: [],
      }
    : await attached(part.media)
  const { method, parameters } = messageCall(message, files, settings)
  const before = job.parts[part.index - 1]?.published

  const opened = await armWithFiles(job, part.index, form)
  const sent = await callBot<Message | Message[]>(
    context,
    method,
    {
      chat_id: Number(job.account.external_id),
      ...parameters,
      reply_parameters: before && {
        message_id: messageIds(before)[0],
        allow_sending_without_reply: true,
      },
    },
    opened
  )
  await job.done(part.index, refOf([sent].flat(), job.account))
}

/** Uploads a part's files to the private chat: Telegram keeps them under ids from then on. */
const stage = async (
  context: ProviderContext,
  job: PublishJob,
  { index, media }: PublicationPart,
  chat_id: string | number
): Promise<MessageFile[]> => {
  const staged = await job.step(`upload ${index}`, async () => {
    const { files, form } = await attached(media)
    const { method, parameters } = messageCall(
      { text: "" },
      files,
      telegramSettings.parse({ silent: true })
    )
    const sent = await callBot<Message | Message[]>(
      context,
      method,
      { chat_id, ...parameters },
      await openFiles(form)
    )
    const found: StagedFile[] = filesOf([sent].flat())
    if (found.length !== media.length) {
      throw missing("the files that were uploaded")
    }
    return found
  })
  return staged.map((file) => ({ ...file, facts: {} }))
}

const missing = (what: string): ServiceError =>
  new ServiceError("transient", `${TELEGRAM} answered without ${what}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

/** An album is several messages: its id names them all, the first one first. */
const refOf = (
  messages: readonly Message[],
  { external_id, username }: Destination
): RemoteRef => {
  const [first] = messages
  if (!first?.message_id) {
    throw missing("the id of the message")
  }
  const name = first.chat?.username ?? username
  // Private channels and supergroups have links of their own; plain groups have none.
  const hidden = /^-100(\d+)$/.exec(external_id)?.[1]
  const place = name ?? (hidden && `c/${hidden}`)
  return {
    external_id: messages.map(({ message_id }) => message_id).join(","),
    url: place ? `https://t.me/${place}/${first.message_id}` : null,
  }
}

const messageIds = ({
  external_id,
}: Pick<RemoteRef, "external_id">): number[] =>
  external_id.split(",").map(Number)

/** Messages that are gone already are skipped by Telegram. */
export const remove = async (
  context: ProviderContext,
  { external_id }: Destination,
  ref: RemoteRef
): Promise<void> => {
  await callBot<boolean>(context, "deleteMessages", {
    chat_id: Number(external_id),
    message_ids: messageIds(ref),
  })
}

/** `https://t.me/name/12`, `https://t.me/c/1234/12`, or with a topic before the message. */
export const readPermalink = (
  _account: Destination,
  url: string
): string | null =>
  /^https:\/\/t\.me\/(?:c\/\d+|\w+)(?:\/\d+)?\/(\d+)(?:\?.*)?$/.exec(
    url
  )?.[1] ?? null
