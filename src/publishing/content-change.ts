import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { z } from "@medusajs/framework/zod"
import { socialsModule } from "../credentials/modules"
import type {
  ClaimedPublication,
  Lease,
} from "../modules/socials/sql/publications"
import { isLanguageTag } from "../shared/post-rules/language"
import { requireLease } from "./lease"
import type { ContentChange } from "./post-content"

const media = z.array(
  z.strictObject({
    url: z.string(),
    media_id: z.string().optional(),
    alt_text: z.string().nullish().default(null),
  })
)

/** What a handler of `beforePublishing` may return. */
const contentChange = z.strictObject({
  caption: z.string().optional(),
  link: z.string().nullish(),
  language: z.string().refine(isLanguageTag, "is no language tag").nullish(),
  media: media.optional(),
  parts: z
    .array(
      z.strictObject({
        text: z.string(),
        media: media.optional(),
        delay_seconds: z.number().int().min(0).optional(),
      })
    )
    .optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
})

/**
 * What a handler of the application wants changed of a publication.
 *
 * @param returned - by the handler; undefined and null change nothing
 * @throws {MedusaError} INVALID_DATA for what is no change
 */
export const readChange = (returned: unknown): ContentChange | null => {
  if (returned === undefined || returned === null) {
    return null
  }
  const { success, data, error } = contentChange.safeParse(returned)
  if (!success) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `The application's handler of beforePublishing returned what is no content of a post: ${error.issues
        .map(({ path, message }) =>
          [path.join("."), message].filter(Boolean).join(": ")
        )
        .join("; ")}.`
    )
  }
  return data as ContentChange
}

/** Where a change goes. */
interface Changed {
  publication: ClaimedPublication
  lease: Lease
  /** What is stored of an earlier change. */
  stored: ContentChange | null
}

/**
 * Keeps what a handler has changed, and forgets what was prepared for something
 * else. Once a part is out, or may be, the publication stays what it is.
 *
 * @returns the change that holds
 * @throws {ServiceError} `lease_lost`
 */
export const applyChange = async (
  container: MedusaContainer,
  { publication, lease, stored }: Changed,
  change: ContentChange | null
): Promise<ContentChange | null> => {
  const isFixed = !!publication.armed_at || !!publication.parts?.length
  if (isFixed || isSame(stored, change)) {
    return stored
  }
  requireLease(
    await socialsModule(container).changeContent(publication.id, lease, change)
  )
  return change
}

/** Whether two values say the same: PostgreSQL gives the members of an object back in another order. */
export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    return value.map(sorted)
  }
  return typeof value === "object" && value !== null
    ? Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, member]) => [name, sorted(member)])
    : value
}
