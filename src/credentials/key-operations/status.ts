import type { MedusaContainer } from "@medusajs/framework/types"
import type { StoredCount } from "../../modules/socials/sql/envelopes"
import { type ColumnCount, countColumns } from "./columns"
import type { EncryptionStatus } from "../../shared/encryption-types"
import { isSecretField } from "../storage/fields"
import { encryptionModule, socialsModule } from "../modules"
import { listProviders } from "../providers"

/** Counts what is stored, without opening anything. */
export const encryptionStatus = async (
  container: MedusaContainer
): Promise<EncryptionStatus<Date>> => {
  const encryption = encryptionModule(container)
  const [active_version, policy, registry, sealed, plain, columns] =
    await Promise.all([
      encryption.activeKeyVersion(),
      encryption.policy(),
      encryption.registry(),
      socialsModule(container).countSealed(),
      countPlain(container),
      countColumns(container),
    ])
  const own = columns.flatMap(({ counts }) => counts)
  const envelopes = [...sealed, ...own].filter(
    ({ kind }) => kind === "envelope"
  )
  const valuesOf = (version: number, format: number): number =>
    sum(
      envelopes.filter((e) => e.key_version === version && e.format === format)
    )
  const ofKind = (counts: StoredCount[], kind: StoredCount["kind"]): number =>
    sum(counts.filter((count) => count.kind === kind))

  const registered = new Map(registry.keys.map((key) => [key.version, key]))
  const versions = new Set([
    ...registered.keys(),
    ...envelopes.map(({ key_version }) => key_version as number),
  ])
  const keys = [...versions]
    .sort((a, b) => a - b)
    .map((version) => {
      const key = registered.get(version)
      return {
        version,
        kid: key?.kid ?? null,
        state: key?.state ?? "unknown",
        configured: key?.configured ?? false,
        values: {
          format_1: valuesOf(version, 1),
          format_2: valuesOf(version, 2),
        },
        encrypt_count: key?.encrypt_count ?? 0,
        created_at: key?.created_at ?? null,
        promoted_at: key?.promoted_at ?? null,
        retired_at: key?.retired_at ?? null,
      }
    })

  return {
    active_version,
    policy,
    floor: registry.floor,
    keys,
    outdated: sum(
      envelopes.filter(
        (e) =>
          e.format !== 2 || e.key_version !== active_version || e.is_old_form
      )
    ),
    plaintext: ofKind(sealed, "plaintext") + ofKind(plain, "plaintext"),
    foreign: ofKind([...sealed, ...plain, ...own], "foreign"),
    unrecognised:
      ofKind([...sealed, ...plain, ...own], "malformed") +
      ofKind(plain, "envelope"),
    columns: columns
      .filter(({ is_own }) => !is_own)
      .map(({ counts, is_own: _, ...column }) => ({
        ...column,
        envelopes: ofKind(counts, "envelope"),
        others: sum(counts) - ofKind(counts, "envelope"),
      })),
    unreadable: keys
      .filter(({ configured }) => !configured)
      .reduce((sum, { values }) => sum + values.format_1 + values.format_2, 0),
  }
}

const sum = (counts: StoredCount[]): number =>
  counts.reduce((total, { values }) => total + values, 0)

/** What stands under the credentials' own names. */
const countPlain = async (
  container: MedusaContainer
): Promise<StoredCount[]> => {
  const providers = await listProviders(container)
  const socials = socialsModule(container)
  const secrets = (await socials.listPlainKeys()).filter(({ provider, key }) =>
    isSecretField(providers.get(provider)?.description, key)
  )
  return secrets.length ? await socials.countPlain(secrets) : []
}

/** Says why nothing can be given up while a registered column is not there. */
export const uncountedColumn = ({
  table,
  column,
}: Pick<ColumnCount, "table" | "column">): string =>
  `The column "${column}" of the table "${table}" is registered for encryption and is not in the database, so what it holds cannot be counted. Correct encryption.columns in the plugin's options, or delete its row from encryption_column if it is gone.`
