import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../credentials/modules"
import { requireUsablePlatform } from "../credentials/state/usable"
import type { AccountOfProvider } from "../credentials/use/account"
import type { SocialPostRow } from "../modules/socials/rows"
import type {
  ClaimedPublication,
  Lease,
  PublishedPart,
} from "../modules/socials/sql/publications"
import type {
  Destination,
  LinkCard,
  PublicationPart,
} from "../providers/publication"
import { applyChange } from "./content-change"
import {
  type ContentChange,
  contentOfPublication,
  destinationOf,
} from "./post-content"
import { readAccount } from "./account"
import { readCard, withFittingPicture } from "./link-card"
import { openPostFiles } from "./post-media"
import { requireSettings } from "./settings"
import { placementOf } from "./targets"

/** A publication with all that its provider needs to know. */
export interface Subject extends AccountOfProvider {
  destination: Destination
  placement: string
  settings: Record<string, unknown>
  parts: PublicationPart[]
  link: LinkCard | null
  language: string | null
  /** Until when the service takes no more posts for the account. */
  heldUntil: Date | null
  /** What of it is out. */
  outcomes: PublishedPart[]
  /** Notes that a part is out, for the provider to see. */
  noteOutcome: (outcome: PublishedPart) => void
  /** Why its files could not be opened, where that is so: then it cannot go on. */
  lacking: unknown
  /** Puts away what reading its files left on this machine. */
  close: () => Promise<void>
}

/** The idempotency key of a part; the first one's is the publication's. */
const keyOf = (publicationId: string, index: number): string =>
  index ? `${publicationId}.${index}` : publicationId

/**
 * Reads what a publication is about.
 *
 * @param change - what a handler of the application has just changed of it
 * @throws {MedusaError} NOT_FOUND; NOT_ALLOWED for a platform that may not be used;
 * INVALID_DATA for settings that its provider does not take (any more)
 */
export const readSubject = async (
  container: MedusaContainer,
  publication: ClaimedPublication,
  lease: Lease,
  change: ContentChange | null
): Promise<Subject> => {
  const socials = socialsModule(container)
  const options = await socials.getOptions()
  const [post, { account, platform, provider }, row] = await Promise.all([
    socials.readPost(publication.post_id),
    readAccount(container, publication.account_id),
    socials.readPublication(publication.id),
  ])
  await requireUsablePlatform(container, platform, provider)

  const outcomes = [...(publication.parts ?? [])]
  const changed = await applyChange(
    container,
    { publication, lease, stored: row.changed_content as ContentChange | null },
    change
  )
  const content = contentOfPublication(post as SocialPostRow, {
    ...row,
    changed_content: changed,
  })
  const card = await readCard(container, post.id, content.link)
  let lacking: unknown
  const files = await openPostFiles(
    container,
    content.parts.flatMap(({ media }) => media)
  ).catch((error: unknown) => {
    // What became of a part can be asked without its files.
    if (!publication.armed_at) {
      throw error
    }
    lacking = error
    return { of: () => [], close: async () => undefined }
  })
  const parts = content.parts.map(
    ({ text, media, delay_seconds }, index): PublicationPart => ({
      index,
      key: keyOf(publication.id, index),
      text,
      media: files.of(media),
      delay_seconds,
      published: refOf(outcomes, index),
    })
  )
  const destination = destinationOf(account)
  const placement = placementOf(provider, row.placement)
  const settings = requireSettings(
    provider,
    changed?.settings ? { ...row.settings, ...changed.settings } : row.settings,
    account.default_settings,
    account.name
  )
  return {
    account,
    platform,
    provider,
    destination,
    placement,
    settings,
    parts,
    link:
      card &&
      withFittingPicture(
        card.link,
        provider.limits?.(destination, { placement, settings })
      ),
    language: content.language ?? options.publishing.language,
    heldUntil: account.held_until,
    outcomes,
    lacking,
    close: async () => {
      await Promise.all([files.close(), card?.close()])
    },
    noteOutcome: (outcome) => {
      if (!parts[outcome.part].published) {
        outcomes.push(outcome)
      }
      parts[outcome.part].published = refOf(outcomes, outcome.part)
    },
  }
}

/** Where a part is. Of one that a person knows to be out, its id may be missing. */
const refOf = (
  outcomes: PublishedPart[],
  index: number
): PublicationPart["published"] => {
  const outcome = outcomes.find(({ part }) => part === index)
  return outcome
    ? { external_id: outcome.external_id ?? "", url: outcome.url }
    : null
}
