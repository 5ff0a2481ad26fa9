import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../credentials/modules"
import { fileName } from "./media/file-name"
import { openStoredMedia, type StoredMedia } from "./media/media"
import { probeMedia, refuseFile } from "./media/probe"
import type { SocialMediaRow } from "../modules/socials/rows"
import type { PostMedia } from "./post-content"

/** For how long a file at an address counts as the one that was looked into, in ms. */
const TAKEN_IN_FOR_MS = 3_600_000

/** The files of a publication, open while a worker is at it. */
export interface PostFiles {
  of: (media: PostMedia[]) => StoredMedia[]
  close: () => Promise<void>
}

/**
 * Opens the files of a publication. One of which a post has only an address is
 * looked into now.
 *
 * @throws {MedusaError} NOT_FOUND for a file that is gone from the library
 * @throws {ServiceError} `content_rejected` for one that cannot be fetched, or is damaged
 */
export const openPostFiles = async (
  container: MedusaContainer,
  media: PostMedia[]
): Promise<PostFiles> => {
  const idOf = new Map<PostMedia, string>()
  for (const file of media) {
    idOf.set(file, file.media_id ?? (await takeIn(container, file.url)))
  }
  const ids = [...new Set(idOf.values())]
  const opened = await openStoredMedia(container, ids)
  const mediaById = new Map(opened.media.map((one) => [one.id, one]))
  return {
    of: (files) =>
      files.map((file) => {
        const stored = mediaById.get(idOf.get(file)!)!
        return { ...stored, alt_text: file.alt_text ?? stored.alt_text }
      }),
    close: opened.close,
  }
}

/**
 * Looks into files of which a post has only an address, unless that was done a
 * short time ago.
 *
 * @throws {MedusaError} INVALID_DATA for one that cannot be fetched, or that no
 * network takes
 */
export const takeInAll = async (
  container: MedusaContainer,
  media: PostMedia[]
): Promise<void> => {
  const addresses = media.flatMap((file) => (file.media_id ? [] : file.url))
  for (const url of new Set(addresses)) {
    await takeIn(container, url).catch(refuseFile)
  }
}

/**
 * What was found at addresses a short time ago.
 *
 * @returns rows by address, without those that nobody has looked into
 */
export const findTakenIn = async (
  container: MedusaContainer,
  urls: string[]
): Promise<Map<string | null, SocialMediaRow>> => {
  const rows = urls.length
    ? await socialsModule(container).listSocialMedias(
        {
          source_url: urls,
          rendition_of: null,
          created_at: { $gt: new Date(Date.now() - TAKEN_IN_FOR_MS) },
        },
        { order: { created_at: "ASC" } }
      )
    : []
  return new Map(rows.map((row) => [row.source_url, row]))
}

/** @returns the id of the row that says what is at an address */
const takeIn = async (
  container: MedusaContainer,
  url: string
): Promise<string> => {
  const socials = socialsModule(container)
  const known = (await findTakenIn(container, [url])).get(url)
  if (known) {
    return known.id
  }
  const place = { file_id: null, source_url: url, name: fileName(url) }
  const { id } = await socials.createSocialMedias({
    ...place,
    ...(await probeMedia(container, place)),
  })
  return id
}
