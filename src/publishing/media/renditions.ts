import { createHash } from "node:crypto"
import path from "node:path"
import type {
  IFileModuleService,
  MedusaContainer,
} from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"
import type { Sharp } from "sharp"
import { socialsModule } from "../../credentials/modules"
import { rejectedMedia } from "../../http/remote-file"
import type { SocialMediaRow } from "../../modules/socials/rows"
import type { MediaPreset } from "../../providers/publication"
import { sizeInWords } from "../../shared/bytes"

/** Qualities that are tried one after the other until the file is small enough. */
const QUALITIES = [90, 82, 74, 66, 58, 50]

/** When no quality is low enough the picture shrinks by this, again and again… */
const SHRINK = 0.8

/** …but not below this, in pixels: nobody could see what it shows. */
const MIN_SIDE = 200

/** Ratios are compared as networks measure them: in whole pixels. */
const RATIO_TOLERANCE = 0.005

const ANY_RATIO = [0, Infinity] as const

/** Of what is padded, and of what was transparent. */
const BACKGROUND = "#ffffff"

/** What renditions can be; of another format they become JPEG. */
const FORMATS = ["jpeg", "png", "webp"] as const
type Format = (typeof FORMATS)[number]

/** What of an image decides about its renditions. */
export type Picture = Pick<
  SocialMediaRow,
  "kind" | "content_type" | "bytes" | "width" | "height" | "name"
>

interface Size {
  width: number
  height: number
}

/** Whether an image is already what a preset wants, by what is known of it. */
export const fits = (
  { content_type, bytes, width, height }: Picture,
  { format, max_bytes, max_width, max_height, ratio }: MediaPreset
): boolean =>
  (!format || content_type === `image/${format}`) &&
  bytes <= (max_bytes ?? Infinity) &&
  (width ?? 0) <= (max_width ?? Infinity) &&
  (height ?? 0) <= (max_height ?? Infinity) &&
  isWithin((width ?? 1) / (height ?? 1), ratio)

const isWithin = (
  value: number,
  [from, to]: MediaPreset["ratio"] = ANY_RATIO
): boolean => value >= from - RATIO_TOLERANCE && value <= to + RATIO_TOLERANCE

/** The size that a preset gives an image: padded or cropped to its ratio, then made smaller. */
export const sizeFor = (
  { width, height }: Size,
  {
    max_width = Infinity,
    max_height = Infinity,
    ratio: [from, to] = ANY_RATIO,
    fit = "pad",
  }: MediaPreset
): Size => {
  const own = width / height
  const wanted = Math.min(Math.max(own, from), to)
  // Padding adds to the short side, cropping takes from the long one.
  const growsHeight = own > wanted === (fit === "pad")
  const shaped =
    own === wanted
      ? { width, height }
      : growsHeight
        ? { width, height: width / wanted }
        : { width: height * wanted, height }
  const scale = Math.min(
    1,
    max_width / shaped.width,
    max_height / shaped.height
  )
  return {
    width: Math.max(1, Math.round(shaped.width * scale)),
    height: Math.max(1, Math.round(shaped.height * scale)),
  }
}

/**
 * Makes an image as a preset wants it. It is turned as its file asks for, and
 * tells nothing but its picture.
 *
 * @param file - path of the original
 * @throws {ServiceError} `content_rejected`, code `media_too_large`, when it does
 * not become small enough
 */
export const convert = async (
  file: string,
  preset: MediaPreset
): Promise<{ data: Buffer; info: Size; format: Format }> => {
  const { default: sharp } = await import("sharp")
  const { autoOrient, format: own } = await sharp(file).metadata()
  const format =
    preset.format ?? FORMATS.find((candidate) => candidate === own) ?? "jpeg"
  const limit = preset.max_bytes ?? Infinity
  let size = sizeFor(autoOrient, preset)
  for (;;) {
    const image = shaped(sharp(file), size, format, preset)
    // Without loss there is one quality only.
    for (const quality of format === "png" ? [100] : QUALITIES) {
      const made = await encoded(image.clone(), format, quality).toBuffer({
        resolveWithObject: true,
      })
      if (made.data.byteLength <= limit) {
        return { ...made, format }
      }
    }
    if (Math.min(size.width, size.height) * SHRINK < MIN_SIDE) {
      throw rejectedMedia(
        "media_too_large",
        `The image cannot be made smaller than the ${sizeInWords(limit)} that the service takes.`
      )
    }
    size = {
      width: Math.round(size.width * SHRINK),
      height: Math.round(size.height * SHRINK),
    }
  }
}

const shaped = (
  image: Sharp,
  { width, height }: Size,
  format: Format,
  { fit = "pad" }: MediaPreset
): Sharp => {
  const sized = image.autoOrient().resize({
    width,
    height,
    fit: fit === "pad" ? "contain" : "cover",
    background: BACKGROUND,
  })
  return format === "jpeg" ? sized.flatten({ background: BACKGROUND }) : sized
}

const encoded = (image: Sharp, format: Format, quality: number): Sharp => {
  switch (format) {
    case "jpeg":
      return image.jpeg({ quality, mozjpeg: true })
    case "webp":
      return image.webp({ quality })
    case "png":
      return image.png({ compressionLevel: 9 })
  }
}

/** Whether a file tells more than its picture: where and with what it was taken. */
const hasMetadata = async (file: string): Promise<boolean> => {
  const { default: sharp } = await import("sharp")
  const { exif, xmp, iptc, comments } = await sharp(file).metadata()
  return Boolean(exif ?? xmp ?? iptc ?? comments)
}

/** Equal presets have one digest, whatever the order of their members. */
const digestOf = (preset: MediaPreset): string => {
  const sorted = (value: unknown): unknown =>
    typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([left], [right]) => (left < right ? -1 : 1))
            .map(([name, member]) => [name, sorted(member)])
        )
      : value
  return createHash("sha256")
    .update(JSON.stringify(sorted(preset)))
    .digest("base64url")
    .slice(0, 22)
}

/**
 * The image as a preset wants it: itself, a rendition that is there, or a new
 * one, which is stored with Medusa's file module for every process.
 *
 * @param onDisk - brings the original to this machine
 */
export const renditionOf = async (
  container: MedusaContainer,
  row: SocialMediaRow,
  preset: MediaPreset,
  onDisk: () => Promise<string>
): Promise<SocialMediaRow> => {
  const isAsItShould =
    row.kind !== "image" ||
    (fits(row, preset) &&
      !(preset.strip_metadata && (await hasMetadata(await onDisk()))))
  if (isAsItShould) {
    return row
  }
  const key = { rendition_of: row.id, preset: digestOf(preset) }
  const socials = socialsModule(container)
  const [known] = await socials.listSocialMedias(key)
  if (known) {
    return known
  }
  const { data, info, format } = await convert(await onDisk(), preset)
  const files: IFileModuleService = container.resolve(Modules.FILE)
  const name = `${path.parse(row.name).name}.${format === "jpeg" ? "jpg" : format}`
  const file = await files.createFiles({
    filename: name,
    mimeType: `image/${format}`,
    content: data.toString("base64"),
    access: "private",
  })
  try {
    return await socials.createSocialMedias({
      ...key,
      file_id: file.id,
      owns_file: true,
      name,
      kind: "image",
      content_type: `image/${format}`,
      bytes: data.byteLength,
      sha256: createHash("sha256").update(data).digest("hex"),
      width: info.width,
      height: info.height,
      alt_text: row.alt_text,
    })
  } catch (error) {
    await files.deleteFiles(file.id)
    // Another process has made the same one meanwhile.
    const [other] = await socials.listSocialMedias(key)
    if (other) {
      return other
    }
    throw error
  }
}
