import { model } from "@medusajs/framework/utils"
import { MEDIA_KINDS } from "../../../shared/enums"

/**
 * A file that posts may show, with what was found in it when it was attached,
 * or a rendition of one. Its bytes are elsewhere: with Medusa's file module, or
 * at the address of a product's image.
 */
const SocialMedia = model
  .define("social_media", {
    id: model.id({ prefix: "smed" }).primaryKey(),
    /** Of Medusa's file module. */
    file_id: model.text().nullable(),
    /** Where it is, when it is not in the file module. */
    source_url: model.text().nullable(),
    /** Whether the file was stored for this row alone, and goes with it. */
    owns_file: model.boolean().default(false),
    name: model.text().searchable(),
    kind: model.enum([...MEDIA_KINDS]),
    /** By the bytes, whatever the server says. */
    content_type: model.text(),
    bytes: model.number(),
    /** In hex; null where the whole file was never read. */
    sha256: model.text().nullable(),
    /** What its server called this version of it. */
    etag: model.text().nullable(),
    /** As it is shown: with the orientation that the file asks for. */
    width: model.number().nullable(),
    height: model.number().nullable(),
    duration_ms: model.number().nullable(),
    frame_rate: model.float().nullable(),
    video_codec: model.text().nullable(),
    audio_codec: model.text().nullable(),
    alt_text: model.text().searchable().nullable(),
    /** What a video shows before it plays: `{ media_id }` or `{ at_ms }`. */
    poster: model.json().nullable(),
    /** The file that it was made from, where it is a rendition. */
    rendition_of: model.text().nullable(),
    /** Digest of what the rendition was asked to be. */
    preset: model.text().nullable(),
    created_by: model.text().nullable(),
    /** The last ones who asked for it at its public address, the newest first. */
    fetches: model.json().nullable(),
    /** Since when nothing uses it, as far as the job has seen that. */
    unused_since: model.dateTime().nullable(),
  })
  .indexes([
    {
      name: "IDX_social_media_rendition_unique",
      on: ["rendition_of", "preset"],
      unique: true,
      where: "rendition_of IS NOT NULL AND deleted_at IS NULL",
    },
    { on: ["created_at"] },
  ])

export default SocialMedia
