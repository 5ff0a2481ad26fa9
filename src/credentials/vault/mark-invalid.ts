import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/service"
import { VAULT_TOKEN_TYPES } from "../../modules/socials/sql/vault"
import { eraseValues } from "../../secrets/erase-values"
import { redactText } from "../../secrets/redact-text"
import { SecretString } from "../../secrets/secret-string"
import { recordCredentialEvent } from "../state/events"
import { toStoredError } from "../state/failures"
import { socialsModule } from "../modules"
import { openOrNothing } from "../storage/open-or-nothing"
import { KEY_CREDENTIAL } from "../state/view"
import { findVaultPlatform, invalid, readVaultKey, type VaultKey } from "./key"
import { isStored } from "./read"

/** In UTF-16 code units: enough for a sentence, too little for a response's body. */
const MAX_REASON_LENGTH = 500

interface Mark {
  /** Why, in a sentence for the merchant. What looks like a secret is taken out. */
  reason: string
  /** The token or key that was refused: if another one is stored by now, nothing happens. */
  rejected?: SecretString
  /** Who does it, for the audit trail. */
  actor_id?: string
}

export interface MarkInvalidInput extends VaultKey, Mark {}

/**
 * Marks a tenant's connection as invalid, for a caller whom the service has
 * refused its token or key: it is not handed out any more until another one is
 * stored or somebody connects it again. Its webhook secret is not concerned.
 *
 * @returns false when there is nothing to mark, or it is marked already
 * @throws {MedusaError} INVALID_DATA for a malformed key or an empty reason
 */
export const markInvalid = async (
  container: MedusaContainer,
  input: MarkInvalidInput
): Promise<boolean> => {
  const { reason, rejected, actor_id } = input
  const row = await findVaultPlatform(container, readVaultKey(input))
  if (!row || !isConnected(row)) {
    readReason(reason)
    return false
  }
  return markPlatformInvalid(container, row.id, { reason, rejected, actor_id })
}

/**
 * {@link markInvalid} for a platform by its id.
 *
 * @throws {MedusaError} NOT_FOUND, NOT_ALLOWED when it is not connected, or
 * INVALID_DATA
 */
export const markPlatformInvalid = async (
  container: MedusaContainer,
  platformId: string,
  { reason, rejected, actor_id }: Mark
): Promise<boolean> => {
  const socials = socialsModule(container)
  for (;;) {
    const row = await socials.retrieveSocialPlatform(platformId)
    if (!isConnected(row)) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `"${row.name}" is not connected: it has nothing that could be invalid.`
      )
    }
    if (
      row.token_validity === "false" ||
      (rejected && !(await holds(container, row, rejected)))
    ) {
      return false
    }
    const error = new ServiceError(
      "token_invalid",
      await prepareReason(container, row, reason),
      { code: "marked_invalid" }
    )
    const isWritten = await socials.endAccess(
      row.id,
      { ...toStoredError(error) },
      row.credentials_version
    )
    // Otherwise a writer was faster, and each of them ends.
    if (isWritten) {
      await recordCredentialEvent(container, {
        platform_id: row.id,
        type: "invalidated",
        actor_id,
        details: { class: error.errorClass, code: error.code },
      })
      return true
    }
  }
}

const isConnected = (row: SocialPlatformRow): boolean =>
  isStored(row, KEY_CREDENTIAL[row.auth_type])

const readReason = (reason: unknown): string => {
  const text = typeof reason === "string" ? reason.trim() : ""
  if (!text) {
    throw invalid("reason must say why, in a sentence.")
  }
  return text
}

const holds = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  rejected: SecretString
): Promise<boolean> => {
  const stored = await openOrNothing(
    container,
    row,
    KEY_CREDENTIAL[row.auth_type]
  )
  return !!stored?.equals(rejected)
}

/**
 * Makes a reason fit to be kept and shown: who gives one may pass on what the
 * service said, and that may repeat what it was sent.
 *
 * @param row - the platform that it is about, whose secrets are taken out
 * @throws {MedusaError} INVALID_DATA when it is empty
 */
export const prepareReason = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  reason: string
): Promise<string> => {
  const text = readReason(reason)
  const secrets = await Promise.all(
    [...new Set([KEY_CREDENTIAL[row.auth_type], ...VAULT_TOKEN_TYPES])].map(
      (name) => openOrNothing(container, row, name)
    )
  )
  const opened = secrets.filter((secret) => secret instanceof SecretString)
  // Cut last: half a secret would not be found.
  return redactText(eraseValues(text, opened)).slice(0, MAX_REASON_LENGTH)
}
