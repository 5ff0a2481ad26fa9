import { credentialsStored } from "../state/transitions"
import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { CredentialColumns } from "../../modules/socials/sql/platforms"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import { openCredential } from "../../modules/socials/utils/token-helpers"
import type { SecretString } from "../../secrets/secret-string"
import { recordCredentialEvent } from "../state/events"
import { isSecretField } from "../storage/fields"
import { encryptionModule, socialsModule } from "../modules"
import { openOrNothing } from "../storage/open-or-nothing"
import { preparePlatform } from "../storage/platform-input"
import { getProvider } from "../providers"
import { nextCredentials, sealCredentials } from "../storage/seal"
import { accessCredentials } from "../state/needed-credentials"
import { changeCredentials } from "../storage/write"
import {
  credentialsOf,
  type ForeignCredentials,
  type ForeignOpener,
} from "./opener"
import type { ImportReport, ImportRow } from "../../shared/import-rows"

export interface ImportRowsInput {
  rows: ImportRow[]
  /**
   * Open everything, report what would be done, and store nothing.
   *
   * @default false
   */
  dry_run?: boolean
  /**
   * Replace a credential that is stored with another value.
   *
   * @default false
   */
  overwrite?: boolean
  actor_id?: string
}

type Outcome = { stored: boolean; created: boolean }

/**
 * Imports values of another system, each for itself: one that fails is reported
 * and the others go on. Running it again changes nothing.
 */
export const importRows = async (
  container: MedusaContainer,
  opener: ForeignOpener,
  input: ImportRowsInput
): Promise<ImportReport> => {
  const report: ImportReport = {
    examined: input.rows.length,
    imported: 0,
    unchanged: 0,
    created_platforms: 0,
    failed: [],
  }
  // What a dry run would have created, so that a second row for it finds it.
  const planned = new Set<string>()

  for (const [index, row] of input.rows.entries()) {
    try {
      const { stored, created } = await importRow(
        container,
        opener,
        row,
        input,
        planned
      )
      report.imported += stored ? 1 : 0
      report.unchanged += stored ? 0 : 1
      report.created_platforms += created ? 1 : 0
    } catch (error) {
      if (!(error instanceof MedusaError)) {
        throw error
      }
      report.failed.push({
        row: row.row ?? index + 1,
        code: error.code ?? error.type,
        message: error.message,
      })
    }
  }
  if (!input.dry_run) {
    await encryptionModule(container).recordAudit({
      type: "values_imported",
      actor_id: input.actor_id ?? null,
      details: {
        examined: report.examined,
        imported: report.imported,
        failed: report.failed.length,
      },
    })
  }
  return report
}

const importRow = async (
  container: MedusaContainer,
  opener: ForeignOpener,
  row: ImportRow,
  input: ImportRowsInput,
  planned: Set<string>
): Promise<Outcome> => {
  const field = row.field ?? "access_token"
  const credentials = credentialsOf(field, await opener.open(row.value))
  const expiry = expiryOf(row, credentials)
  const platform = await findPlatform(container, row)

  if (platform) {
    await requireSecretFields(container, platform.provider, credentials)
    const stored = await storeInPlatform(
      container,
      platform,
      credentials,
      expiry,
      input
    )
    return { stored, created: false }
  }
  const place = JSON.stringify([
    row.provider,
    row.tenant_id ?? null,
    row.identifier ?? null,
  ])
  if (input.dry_run && row.identifier && planned.has(place)) {
    return { stored: true, created: false }
  }
  await createPlatform(container, row, credentials, expiry, input)
  planned.add(place)
  return { stored: true, created: true }
}

const invalid = (message: string): MedusaError =>
  new MedusaError(MedusaError.Types.INVALID_DATA, message)

const expiryOf = (
  row: ImportRow,
  { expires_at }: ForeignCredentials
): Date | undefined => {
  if (!row.expires_at) {
    return expires_at
  }
  const date = new Date(row.expires_at)
  if (Number.isNaN(date.getTime())) {
    throw invalid(
      "Its expires_at is not a time. Write it like 2027-01-31T12:00:00Z."
    )
  }
  return date
}

const findPlatform = async (
  container: MedusaContainer,
  row: ImportRow
): Promise<SocialPlatformRow | undefined> => {
  const socials = socialsModule(container)
  if (row.platform_id) {
    return socials.retrieveSocialPlatform(row.platform_id)
  }
  if (!row.provider) {
    throw invalid("It names neither a platform_id nor a provider.")
  }
  if (!row.identifier) {
    throw invalid(
      "It needs an identifier beside its provider, so that a second import finds the same platform."
    )
  }
  const [platform] = await socials.listSocialPlatforms({
    provider: row.provider,
    tenant_id: row.tenant_id ?? null,
    identifier: row.identifier,
  })
  return platform
}

const requireSecretFields = async (
  container: MedusaContainer,
  provider: string,
  { secrets }: ForeignCredentials
): Promise<void> => {
  const { description } = await getProvider(container, provider)
  const setting = Object.keys(secrets).find(
    (name) => !isSecretField(description, name)
  )
  if (setting) {
    throw invalid(
      `"${setting}" is not a credential of provider "${provider}". Set the row's field to one of its credentials.`
    )
  }
}

/** @returns whether something was stored, or would be */
const storeInPlatform = async (
  container: MedusaContainer,
  platform: SocialPlatformRow,
  { secrets, scopes }: ForeignCredentials,
  expiry: Date | undefined,
  { dry_run, overwrite, actor_id }: ImportRowsInput
): Promise<boolean> => {
  let changed: string[] = []
  const decide = async (row: SocialPlatformRow) => {
    changed = await changedNames(container, row, secrets, !!overwrite)
    if (!changed.length) {
      return null
    }
    return {
      sealed: await sealCredentials(
        container,
        row,
        Object.fromEntries(changed.map((name) => [name, secrets[name]]))
      ),
      columns: columnsOf(changed, expiry, scopes),
    }
  }
  if (dry_run) {
    return (await decide(platform)) !== null
  }
  if ((await changeCredentials(container, platform.id, decide)) === null) {
    return false
  }
  await recordCredentialEvent(container, {
    platform_id: platform.id,
    type: "imported",
    actor_id,
    details: { credentials: changed },
  })
  return true
}

/** The names whose stored value is another one, or missing. */
const changedNames = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  secrets: Record<string, SecretString>,
  overwrite: boolean
): Promise<string[]> => {
  const changed: string[] = []
  for (const [name, secret] of Object.entries(secrets)) {
    const stored = overwrite
      ? await openOrNothing(container, row, name)
      : await openCredential(row.api_config as ApiConfig, name, container, row)
    if (stored && secret.equals(stored)) {
      continue
    }
    if (stored && !overwrite) {
      throw new MedusaError(
        MedusaError.Types.CONFLICT,
        `Platform ${row.id} has another ${name.replaceAll("_", " ")} already. Import with "overwrite" to replace it.`
      )
    }
    changed.push(name)
  }
  return changed
}

/** Columns of a new row; the rest have their defaults. */
const rowColumnsOf = (
  secrets: Record<string, SecretString>,
  expiry: Date | undefined,
  scopes: string[] | undefined
): Pick<Partial<SocialPlatformRow>, "scopes" | "token_expires_at"> => ({
  ...(scopes && { scopes }),
  ...("access_token" in secrets && { token_expires_at: expiry ?? null }),
})

const columnsOf = (
  names: string[],
  expiry: Date | undefined,
  scopes: string[] | undefined
): CredentialColumns => ({
  ...credentialsStored({ status: "active" }, names, true),
  ...(scopes && { scopes }),
  ...(names.includes("access_token") && { token_expires_at: expiry ?? null }),
})

const createPlatform = async (
  container: MedusaContainer,
  row: ImportRow,
  { secrets, scopes }: ForeignCredentials,
  expiry: Date | undefined,
  { dry_run, actor_id }: ImportRowsInput
): Promise<void> => {
  const provider = await getProvider(container, row.provider ?? "")
  const { settings, sealed, ...data } = await preparePlatform(container, {
    name: row.name ?? `${row.provider} ${row.identifier}`,
    provider: provider.description.identifier,
    auth_type: provider.description.auth_types.find((type) =>
      accessCredentials(provider.description, type).some(
        (name) => name in secrets
      )
    ),
    tenant_id: row.tenant_id ?? null,
    identifier: row.identifier,
    api_config: Object.fromEntries(
      Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()])
    ),
  })
  if (dry_run) {
    return
  }
  const { id } = await socialsModule(container).insertPlatform(
    { ...data, ...rowColumnsOf(secrets, expiry, scopes) },
    await nextCredentials(
      container,
      provider.description,
      { id: data.id, tenant_id: data.tenant_id ?? null },
      { settings, sealed }
    )
  )
  await recordCredentialEvent(container, {
    platform_id: id,
    type: "imported",
    actor_id,
    details: { credentials: Object.keys(sealed), created: true },
  })
}
