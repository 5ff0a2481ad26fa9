import type { MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import { socialsModule } from "../../../credentials/modules"
import type { MediaFetch } from "../../../shared/post-types"

const DAY_MS = 86_400_000

export type MediaRow = { id: string; unused_since?: Date | null } & Record<
  string,
  unknown
>

/** Adds to each file what uses it, and when it is removed where nothing does. */
export const presentMedia = async (
  container: MedusaContainer,
  media: MediaRow[]
) => {
  const socials = socialsModule(container)
  const uses = await socials.listMediaUses(media.map(({ id }) => id))
  const { unused_media_retention_days: days } = await socials.getOptions()

  return media.map(({ unused_since, ...row }) => {
    const own = uses.filter(({ media_id }) => media_id === row.id)
    return {
      ...row,
      uses: own.map(({ kind, id, title }) => ({ kind, id, title })),
      removed_after:
        unused_since && days !== null && !own.length
          ? new Date(unused_since.getTime() + days * DAY_MS)
          : null,
    }
  })
}

/** What is added to a file is found by its id; clients may not have asked for it. */
export const withOwnFields = (fields: string[]): string[] => [
  ...new Set(["id", "unused_since", ...fields]),
]

/** Networks may have come for a rendition of a file, and a person looks at the file. */
const withFetchesOfRenditions = async (
  container: MedusaContainer,
  media: MediaRow
): Promise<MediaRow> => {
  if (media.fetches === undefined) {
    return media
  }
  const renditions = await socialsModule(container).listSocialMedias(
    { rendition_of: media.id },
    { select: ["fetches"] }
  )
  const fetches = [media, ...renditions]
    .flatMap((row) => (row.fetches as MediaFetch[] | null) ?? [])
    .sort((one, other) => other.at.localeCompare(one.at))
  return { ...media, fetches: fetches.length ? fetches : null }
}

/**
 * Reads one file as it is shown.
 *
 * @throws {MedusaError} NOT_FOUND
 */
export const refetchMedia = async (
  container: MedusaContainer,
  id: string,
  fields: string[]
) => {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({
    entity: "social_media",
    fields: withOwnFields(fields),
    filters: { id },
  })
  const [row] = data as unknown as MediaRow[]
  if (!row) {
    throw new MedusaError(
      MedusaError.Types.NOT_FOUND,
      `There is no media with the id ${id}.`
    )
  }
  const [media] = await presentMedia(container, [
    await withFetchesOfRenditions(container, row),
  ])
  return media
}
