import { ServiceError } from "../../errors/service-error"
import { publishedText } from "../../shared/post-rules/link"
import { countText } from "../../shared/post-rules/text"
import type { FormMedia } from "../armed-files"
import type {
  Media,
  MediaPreset,
  PublicationPart,
  PublishJob,
} from "../publication"
import type { Message } from "./bot-api"
import { limits, MAX_CAPTION, type TelegramSettings } from "./settings"

export type FileType = "photo" | "video" | "animation" | "document"

/** A file as a message names it: by the id that Telegram gave it, or within the same form. */
export interface MessageFile {
  type: FileType
  /** A file_id, or `attach://` with the form's field. */
  reference: string
  /** What Telegram has to be told of it while it is sent. */
  facts: Readonly<Record<string, unknown>>
}

const TYPE_OF: Record<Media["kind"], FileType> = {
  image: "photo",
  gif: "animation",
  video: "video",
  document: "document",
}

/** A video's cover ("Sending files", thumbnail): what a file_id keeps. */
const THUMBNAIL: MediaPreset = {
  format: "jpeg",
  max_width: 320,
  max_height: 320,
  max_bytes: 200_000,
}

/** The files of a part as they go into a form with the message that names them. */
export const attached = async (
  media: readonly Media[]
): Promise<{ files: MessageFile[]; form: FormMedia[] }> => {
  const files: MessageFile[] = []
  const form: FormMedia[] = []
  for (const [index, file] of media.entries()) {
    const type = TYPE_OF[file.kind]
    const field = `file${index}`
    form.push({ field, media: file })
    const cover =
      type === "video" && file.poster && "media" in file.poster
        ? { field: `thumbnail${index}`, media: file.poster.media }
        : null
    if (cover) {
      form.push({ ...cover, media: await cover.media.as(THUMBNAIL) })
    }
    files.push({
      type,
      reference: `attach://${field}`,
      facts: {
        ...(type === "video" && videoFacts(file)),
        ...(cover && { thumbnail: `attach://${cover.field}` }),
      },
    })
  }
  return { files, form }
}

const videoFacts = ({ width, height, duration_ms }: Media) => ({
  supports_streaming: true,
  width: width ?? undefined,
  height: height ?? undefined,
  duration:
    duration_ms === null
      ? undefined
      : Math.max(1, Math.round(duration_ms / 1000)),
})

/** A message's files by their ids, in order. A video without sound may have become an animation. */
export const filesOf = (
  messages: readonly Message[]
): { type: FileType; reference: string }[] =>
  messages.flatMap(({ photo, video, animation, document }) => {
    const largest = photo?.[photo.length - 1]
    const [type, file] = (
      [
        ["photo", largest],
        ["video", video],
        // An animation is named a document too, for older programs.
        ["animation", animation],
        ["document", document],
      ] as const
    ).find(([, found]) => found) ?? ["document", undefined]
    return file ? [{ type, reference: file.file_id }] : []
  })

const METHOD_OF: Record<FileType, string> = {
  photo: "sendPhoto",
  video: "sendVideo",
  animation: "sendAnimation",
  document: "sendDocument",
}

export interface MessageText {
  text: string
  /** With a button in place of a link in the text. */
  button?: string
}

/** The method that sends a message, and its parameters. */
export const messageCall = (
  { text, button }: MessageText,
  files: readonly MessageFile[],
  settings: TelegramSettings
): { method: string; parameters: Record<string, unknown> } => {
  const parse_mode = settings.format === "html" ? "HTML" : undefined
  const common = {
    disable_notification: settings.silent || undefined,
    protect_content: settings.protect_content || undefined,
    message_thread_id: settings.topic,
  }
  const reply_markup = button && {
    inline_keyboard: [[{ text: settings.button_text, url: button }]],
  }
  if (!files.length) {
    return {
      method: "sendMessage",
      parameters: {
        ...common,
        text,
        parse_mode,
        link_preview_options: previewOptions(settings, button),
        reply_markup,
      },
    }
  }
  const described = files.map(({ type, reference, facts }, index) => ({
    type,
    media: reference,
    ...facts,
    ...(index === 0 && text && { caption: text, parse_mode }),
    ...(type !== "document" && {
      has_spoiler: settings.spoiler || undefined,
      show_caption_above_media: settings.text_above_media || undefined,
    }),
  }))
  if (files.length > 1) {
    return {
      method: "sendMediaGroup",
      parameters: { ...common, media: described },
    }
  }
  const [{ type, media, ...rest }] = described
  return {
    method: METHOD_OF[type],
    parameters: { ...common, ...rest, [type]: media, reply_markup },
  }
}

const previewOptions = (
  { link_preview, text_below }: TelegramSettings,
  button: string | undefined
) => ({
  ...(link_preview === "none"
    ? { is_disabled: true }
    : {
        // A button's page is shown too, though the text does not name it.
        url: button,
        prefer_large_media: link_preview === "large" || undefined,
        prefer_small_media: link_preview === "small" || undefined,
        show_above_text: text_below || undefined,
      }),
})

const inHtml = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")

/**
 * What a part says, with the post's link where the settings want it.
 *
 * @throws {ServiceError} `content_rejected` for an album whose caption has no
 * room for its link: it can have no button
 */
export const textOf = (
  job: Pick<PublishJob, "account" | "parts" | "link">,
  { index, media }: PublicationPart,
  settings: TelegramSettings
): MessageText => {
  const link = index === 0 ? job.link?.url : undefined
  const isAlbum = media.length > 1
  if (link && settings.link_as === "button" && !isAlbum) {
    return {
      text: job.parts[index].text || (media.length ? "" : link),
      button: link,
    }
  }
  const rules = limits(job.account, {
    settings: { ...settings, link_as: "text" },
  })
  const text = publishedText(
    {
      link: link && settings.format === "html" ? inHtml(link) : (link ?? null),
      parts: job.parts,
    },
    index,
    rules
  )
  const unit = settings.format === "html" ? "telegram" : "utf16"
  if (isAlbum && countText(text, unit) > MAX_CAPTION) {
    throw new ServiceError(
      "content_rejected",
      `The text of the album and its link are longer together than the ${MAX_CAPTION} characters that Telegram takes. An album can have no button: shorten the text, or use one file.`,
      { code: "text_too_long" }
    )
  }
  return { text }
}
