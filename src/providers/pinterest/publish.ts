import { createHash } from "node:crypto"
import { ServiceError } from "../../errors/service-error"
import type { SizedStream } from "../../http/body"
import { jsonWithFiles } from "../../http/json-body"
import { armWithFiles } from "../armed-files"
import type { Media, Progress, PublishJob } from "../publication"
import type { ProviderContext } from "../types"
import { campaignLink } from "./link"
import { findPin, type Pin, type Place, refOf } from "./pins"
import { type Evidence, isSamePin } from "./recover"
import {
  IMAGE_BYTES,
  MAX_ALT_TEXT,
  type PinterestSettings,
  readSettings,
  sectionOf,
} from "./settings"
import { uploadVideo, waitForProcessing } from "./video"

/** What a pin says, without what it shows. */
type Texts = {
  board_id: string
  board_section_id?: string
  title?: string
  description?: string
  alt_text?: string
  link?: string
  dominant_color?: string
}

/** What a pin shows: files that go out with it, and how they stand in it. */
interface Source {
  files: readonly Media[]
  write: (data: readonly Encoded[]) => object
}

/** A file as it stands in JSON. */
interface Encoded {
  content_type: string
  data: string
}

/** How long Pinterest may take to make a pin of several images, in ms. */
const CREATE_TIMEOUT_MS = 60_000

/**
 * Publishes a pin by one call, which carries its images: Pinterest need not
 * reach the store. A video is sent and processed before.
 */
export const publish = async (
  context: ProviderContext,
  job: PublishJob
): Promise<Progress> => {
  const [part] = job.parts
  if (part.published) {
    return { state: "published" }
  }
  const settings = readSettings(job.settings)
  const texts = textsOf(job, settings)
  const video = part.media.find(({ kind }) => kind === "video")
  if (video) {
    const uploaded = await uploadVideo(context, job, video)
    const wait = await waitForProcessing(context, job, video, uploaded)
    if (wait) {
      return wait
    }
    await create(
      context,
      job,
      texts,
      await videoSource(video, uploaded.media_id)
    )
  } else {
    await create(context, job, texts, await imageSource(part.media, texts))
  }
  return { state: "published" }
}

const create = async (
  context: ProviderContext,
  job: PublishJob,
  texts: Texts,
  { files, write }: Source
): Promise<void> => {
  const evidence = await evidenceOf(context, job, texts)
  const opened = await armWithFiles(
    job,
    0,
    files.map((media) => ({ field: "data", media })),
    evidence
  )
  const pin = await context.request<Partial<Pin>>("/pins", {
    method: "POST",
    body: jsonWithFiles((file) => ({
      ...texts,
      media_source: write(
        opened.map((one, index) => encoded(file, one, files[index]))
      ),
    })),
    timeout_ms: CREATE_TIMEOUT_MS,
  })
  await job.done(0, refOf(context, pin))
}

const encoded = (
  file: (contents: SizedStream) => string,
  contents: SizedStream,
  { content_type }: Media
): Encoded => ({ content_type, data: file(contents) })

/** A link tells a pin from all others; without one, those that say the same are noted. */
const evidenceOf = async (
  context: ProviderContext,
  job: PublishJob,
  { board_id, board_section_id, title, description, link }: Texts
): Promise<Evidence> => {
  const place: Place = { board: board_id, section: board_section_id ?? null }
  const said = { title: title ?? "", description: description ?? "" }
  const before = link
    ? []
    : await job.step(`pins before ${digestOf(place, said)}`, async () => {
        const ids: string[] = []
        await findPin(context, place, (pin) => {
          if (isSamePin(pin, said)) {
            ids.push(pin.id)
          }
          return false
        })
        return ids
      })
  return {
    ...place,
    ...said,
    key: link ? job.parts[0].key : null,
    before: [...before],
  }
}

/** Another board or text is another look. */
const digestOf = (...values: object[]): string =>
  createHash("sha256").update(JSON.stringify(values)).digest("base64url")

const textsOf = (job: PublishJob, settings: PinterestSettings): Texts => {
  const [{ text, media, key }] = job.parts
  const title = settings.title || shortened(job.link?.title ?? "", MAX_TITLE)
  const alternative = altTextOf(media)
  const section = sectionOf(settings)
  return {
    board_id: settings.board,
    ...(section && { board_section_id: section }),
    ...(title && { title }),
    ...(text.trim() && { description: text.trim() }),
    ...(alternative && { alt_text: alternative }),
    ...(job.link && {
      link: campaignLink(job.link.url, key, settings.campaign),
    }),
    ...(settings.dominant_color && {
      dominant_color: settings.dominant_color,
    }),
  }
}

/** In code points. */
const MAX_TITLE = 100

/** A pin has one alternative text, whatever number of images it has. */
const altTextOf = (media: readonly Media[]): string =>
  shortened(
    media.flatMap(({ alt_text }) => alt_text?.trim() || []).join("\n"),
    MAX_ALT_TEXT
  )

/** A text of no more code points than that, cut between characters. */
const shortened = (text: string, max: number): string => {
  const whole = text.trim()
  if ([...whole].length <= max) {
    return whole
  }
  let cut = ""
  for (const { segment } of new Intl.Segmenter().segment(whole)) {
    if ([...cut, ...segment].length >= max) {
      break
    }
    cut += segment
  }
  return `${cut.trimEnd()}…`
}

/** What Pinterest takes as Base64: JPEG and PNG. */
const asTaken = (file: Media, more: object = {}): Promise<Media> =>
  file.as({
    max_bytes: IMAGE_BYTES,
    ...(file.content_type !== "image/png" && { format: "jpeg" }),
    ...more,
  })

const imageSource = async (
  media: readonly Media[],
  { link }: Texts
): Promise<Source> => {
  const [first] = media
  if (!first) {
    throw new ServiceError(
      "content_rejected",
      "The post has no image and no video, and Pinterest takes nothing else. Add one.",
      { code: "media_required" }
    )
  }
  if (media.length === 1) {
    return {
      files: [await asTaken(first)],
      write: ([image]) => ({ source_type: "image_base64", ...image }),
    }
  }
  const shape = shapeOf(media)
  const files: Media[] = []
  for (const image of media) {
    files.push(await asTaken(image, shape))
  }
  return {
    files,
    // Each image of a carousel leads somewhere by itself.
    write: (items) => ({
      source_type: "multiple_image_base64",
      items: items.map((item) => ({ ...item, ...(link && { link }) })),
    }),
  }
}

/** In pixels: more than this no carousel shows. */
const WIDEST = 2000

/**
 * Pinterest refuses images of different sizes: all get the first one's shape,
 * with a white border where they need one, and are a little narrower than the
 * narrowest of them, so that each is made anew and none differs by a pixel.
 *
 * @returns nothing where they are of one size, or their sizes are not known
 */
const shapeOf = (media: readonly Media[]): object => {
  const sizes = media.map(({ width, height }) => ({ width, height }))
  const [first] = sizes
  const isOne = sizes.every(
    ({ width, height }) => width === first.width && height === first.height
  )
  const widths = sizes.flatMap(({ width }) => width ?? [])
  if (isOne || !first.width || !first.height || widths.length < sizes.length) {
    return {}
  }
  const ratio = first.width / first.height
  return {
    format: "jpeg",
    ratio: [ratio, ratio],
    fit: "pad",
    max_width: Math.max(1, Math.min(WIDEST, Math.min(...widths) - 1)),
  }
}

/** A video shows its cover until it is played: an image, or a moment of it. */
const videoSource = async (
  { poster }: Media,
  media_id: string
): Promise<Source> => {
  const video = { source_type: "video_id", media_id }
  if (poster && "media" in poster) {
    return {
      files: [await asTaken(poster.media)],
      write: ([{ content_type, data }]) => ({
        ...video,
        cover_image_content_type: content_type,
        cover_image_data: data,
      }),
    }
  }
  return {
    files: [],
    write: () => ({
      ...video,
      cover_image_key_frame_time: Math.round((poster?.at_ms ?? 0) / 1000),
    }),
  }
}
