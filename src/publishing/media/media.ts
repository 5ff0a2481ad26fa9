import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { socialsModule } from "../../credentials/modules"
import type { SocialMediaRow } from "../../modules/socials/rows"
import type { Media } from "../../providers/publication"
import type { MediaFacts } from "../../shared/post-rules/draft"
import { posterKindOf } from "../../shared/post-rules/poster"
import { publicAddress } from "./address"
import { renditionOf } from "./renditions"
import { differs, findSource, type OpenedFile, openParts } from "./source"
import { changed, exactly } from "./streams"

/** A file of a post, with what its rules look at, and what tells one version of it from another. */
export interface StoredMedia extends Media, Omit<MediaFacts, keyof Media> {
  /** In hex; null where the whole file was never read. */
  sha256: string | null
}

/** Adds what has to be put away when the work with the files is done. */
type Defer = (cleanUp: () => Promise<void>) => void

/**
 * Opens files of posts for some work, and puts away what that left on this
 * machine, however it ends. The files themselves are read when they are needed.
 *
 * @param ids - of `social_media`
 * @param run - gets the files in the same order
 * @throws {MedusaError} NOT_FOUND naming those that are gone
 *
 * @example
 * await withMedia(container, ["smed_123"], async ([video]) => {
 *   const part = await video.range(0, 5_242_879)
 *   await request("/upload", { method: "PUT", body: part })
 * })
 */
export const withMedia = async <T>(
  container: MedusaContainer,
  ids: readonly string[],
  run: (media: StoredMedia[]) => Promise<T>
): Promise<T> => {
  const { media, close } = await openStoredMedia(container, ids)
  try {
    return await run(media)
  } finally {
    await close()
  }
}

/** Files that are open for some work. */
export interface OpenMedia {
  /** In the order of their ids. */
  media: StoredMedia[]
  /** Puts away what the work left on this machine. */
  close: () => Promise<void>
}

/**
 * {@link withMedia} for work that does not fit into a function.
 *
 * @throws {MedusaError} NOT_FOUND naming those that are gone
 */
export const openStoredMedia = async (
  container: MedusaContainer,
  ids: readonly string[]
): Promise<OpenMedia> => {
  const rows = ids.length
    ? await socialsModule(container).listSocialMedias({ id: [...ids] })
    : []
  const rowById = new Map(rows.map((row) => [row.id, row]))
  const gone = ids.filter((id) => !rowById.has(id))
  if (gone.length) {
    throw new MedusaError(
      MedusaError.Types.NOT_FOUND,
      `There is no media with the id ${gone.join(", ")}.`
    )
  }
  const posters = await readPosters(container, rows)
  const cleanUps: (() => Promise<void>)[] = []
  const defer: Defer = (cleanUp) => {
    cleanUps.push(cleanUp)
  }
  return {
    media: ids.map((id) =>
      toMedia(container, rowById.get(id)!, posters, defer)
    ),
    close: async () => {
      await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()))
    },
  }
}

type Posters = ReadonlyMap<string, SocialMediaRow>

const posterId = ({ poster }: SocialMediaRow): string | undefined =>
  (poster as { media_id?: string } | null)?.media_id

const readPosters = async (
  container: MedusaContainer,
  rows: SocialMediaRow[]
): Promise<Posters> => {
  const id = rows.map(posterId).filter((poster) => poster !== undefined)
  const posters = id.length
    ? await socialsModule(container).listSocialMedias({ id })
    : []
  return new Map(posters.map((row) => [row.id, row]))
}

const toMedia = (
  container: MedusaContainer,
  row: SocialMediaRow,
  posters: Posters,
  defer: Defer
): StoredMedia => {
  const { id, name, bytes, sha256, etag } = row
  const poster = posters.get(posterId(row) ?? "")
  let opened: Promise<OpenedFile> | undefined
  const source = () => findSource(container, row)
  const parts = (): Promise<OpenedFile> =>
    (opened ??= source().then((found) => {
      const file = openParts(found, row)
      defer(file.close)
      return file
    }))

  return {
    id,
    name,
    kind: row.kind,
    content_type: row.content_type,
    bytes,
    sha256,
    width: row.width,
    height: row.height,
    duration_ms: row.duration_ms,
    frame_rate: row.frame_rate,
    video_codec: row.video_codec,
    audio_codec: row.audio_codec,
    poster_kind: posterKindOf(row.poster),
    alt_text: row.alt_text,
    poster: poster
      ? { media: toMedia(container, poster, posters, defer) }
      : momentOf(row),
    open: async () => {
      const answer = await (await source()).whole()
      if (differs(answer.etag, etag)) {
        throw changed(name)
      }
      return {
        ...exactly(answer.stream, { name, size: bytes, sha256 }),
        content_type: row.content_type,
      }
    },
    range: async (start, end) => {
      if (!(start >= 0 && start <= end && end < bytes)) {
        throw new MedusaError(
          MedusaError.Types.INVALID_DATA,
          `The file "${name}" has no bytes ${start} to ${end}: it has ${bytes}.`
        )
      }
      const stream = await (await parts()).part(start, end)
      return {
        ...exactly(stream, { name, size: end - start + 1 }),
        content_type: row.content_type,
      }
    },
    publicUrl: (ttlSeconds) => publicAddress(container, row, ttlSeconds),
    as: async (preset) => {
      const made = await renditionOf(
        container,
        row,
        preset,
        async () => (await (await parts()).onDisk()).path
      )
      return toMedia(container, made, posters, defer)
    },
  }
}

const momentOf = ({ poster }: SocialMediaRow): { at_ms: number } | null =>
  poster && "at_ms" in poster ? { at_ms: Number(poster.at_ms) } : null
