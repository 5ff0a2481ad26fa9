import type { MedusaContainer } from "@medusajs/framework/types"
import { encryptionModule, socialsModule } from "../credentials/modules"
import type { Envelope } from "../modules/encryption/types"
import type { Lease } from "../modules/socials/sql/publications"
import type { Json } from "../providers/publication"
import { requireLease } from "./lease"

/** What a publication has achieved so far. */
export interface Checkpoint {
  /** Results of steps, and when they were made, in ms since the epoch. */
  steps: Record<string, { at: number; value: Json }>
  /** What was saved within steps. */
  kept: Record<string, Json>
}

const contextOf = (id: string) => ({
  table: "social_checkpoint",
  field: "content",
  rowId: id,
})

/**
 * Opens what was kept of a publication.
 *
 * @throws {EncryptionError} when it is there and does not open: starting over
 * could upload, and pay, twice without anybody noticing
 */
export const openCheckpoint = async (
  container: MedusaContainer,
  publicationId: string
): Promise<Checkpoint> => {
  const stored = await socialsModule(container).readCheckpoint(publicationId)
  if (!stored) {
    return { steps: {}, kept: {} }
  }
  const opened = await encryptionModule(container).decrypt(
    stored as Envelope,
    contextOf(publicationId)
  )
  return JSON.parse(opened.reveal())
}

/**
 * Seals and keeps what a publication has achieved: it may hold upload
 * addresses, which let whoever has them write to the account.
 *
 * @throws {ServiceError} `lease_lost`
 */
export const keepCheckpoint = async (
  container: MedusaContainer,
  publicationId: string,
  lease: Lease,
  checkpoint: Checkpoint
): Promise<void> => {
  const content = await encryptionModule(container).encrypt(
    JSON.stringify(checkpoint),
    contextOf(publicationId)
  )
  requireLease(
    await socialsModule(container).writeCheckpoint(
      publicationId,
      lease,
      content
    )
  )
}
