import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import { eraseValues } from "../../secrets/erase-values"
import { redactText } from "../../secrets/redact-text"
import { SecretString } from "../../secrets/secret-string"
import { recordCredentialEvent } from "../state/events"
import { accessEnded } from "../state/transitions"
import { socialsModule } from "../modules"
import { listProviders } from "../providers"
import { credentialNames } from "../storage/fields"
import { openOrNothing } from "../storage/open-or-nothing"
import { accessOf, holdsAll } from "../state/needed-credentials"
import { findVaultPlatform, invalid, readVaultKey, type VaultKey } from "./key"

/** In UTF-16 code units: enough for a sentence, too little for a response's body. */
const MAX_REASON_LENGTH = 500

interface Mark {
  /** Why, in a sentence for the merchant. What looks like a secret is taken out. */
  reason: string
  /** The token or key that was refused: if another one is stored by now, nothing happens. */
  rejected?: SecretString
  /** What happened, for the records. @default "marked_invalid" */
  code?: string
  /** When it is none of a platform's concern, as it is at the moment of writing. */
  unless?: (row: SocialPlatformRow) => boolean
  /** Who does it, for the audit trail. */
  actor_id?: string
}

export interface MarkInvalidInput
  extends VaultKey, Pick<Mark, "reason" | "rejected" | "actor_id"> {}

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
  if (!row || !(await holdsAccess(container, row))) {
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
  { reason, rejected, actor_id, code = "marked_invalid", unless }: Mark
): Promise<boolean> => {
  const socials = socialsModule(container)
  for (;;) {
    const row = await socials.retrieveSocialPlatform(platformId)
    if (!(await holdsAccess(container, row))) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `"${row.name}" is not connected: it has nothing that could be invalid.`
      )
    }
    if (
      row.token_validity === "false" ||
      unless?.(row) ||
      (rejected && !(await holds(container, row, rejected)))
    ) {
      return false
    }
    const error = new ServiceError(
      "token_invalid",
      await prepareReason(container, row, reason),
      { code }
    )
    const isWritten = await socials.endAccess(
      row.id,
      accessEnded(row, error),
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

/** Credentials that the application shares are no platform's to be marked. */
const holdsAccess = async (
  container: MedusaContainer,
  row: SocialPlatformRow
): Promise<boolean> => {
  const access = await accessOf(container, row)
  return (
    access?.needed.length !== 0 &&
    holdsAll((row.api_config ?? {}) as ApiConfig, access?.needed ?? null)
  )
}

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
  const opened = await openAll(container, row)
  return opened.some((secret) => secret.equals(rejected))
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
  const opened = await openAll(container, row)
  // Cut last: half a secret would not be found.
  return redactText(eraseValues(text, opened)).slice(0, MAX_REASON_LENGTH)
}

/** Every credential of a platform that opens. */
const openAll = async (
  container: MedusaContainer,
  row: SocialPlatformRow
): Promise<SecretString[]> => {
  const provider = (await listProviders(container)).get(row.provider)
  const names = credentialNames(
    provider?.description,
    row.auth_type,
    (row.api_config ?? {}) as ApiConfig
  )
  const secrets = await Promise.all(
    names.map((name) => openOrNothing(container, row, name))
  )
  return secrets.filter((secret) => secret instanceof SecretString)
}
