import type { MedusaContainer } from "@medusajs/framework/types"
import { ServiceError } from "../../errors/service-error"
import type { Envelope } from "../../modules/encryption/types"
import type { PlatformOfAccounts } from "../../modules/socials/sql/account-credentials"
import type {
  ProviderDescription,
  RemoteAccount,
  SocialProvider,
} from "../../providers/types"
import { SecretString } from "../../secrets/secret-string"
import { encryptionModule, socialsModule } from "../modules"

/*
 * What accounts have of their own to be used with: the token of a page beside
 * that of the person who manages it. One envelope for each account holds all of
 * it by name.
 */

/** What these envelopes are bound to, besides their row. Frozen: another name would orphan them. */
export const ACCOUNT_CREDENTIALS = {
  table: "social_account_credential",
  field: "content",
}

const contextOf = (id: string) => ({ ...ACCOUNT_CREDENTIALS, rowId: id })

/** Credentials by name. */
export type AccountCredentials = ReadonlyMap<string, SecretString>

/**
 * Opens what an account has of its own.
 *
 * @throws {EncryptionError} when it is there and does not open: the platform's
 * own token in its place could act for somebody else
 */
export const openAccountCredentials = async (
  container: MedusaContainer,
  accountId: string
): Promise<AccountCredentials> => {
  const stored =
    await socialsModule(container).readAccountCredentials(accountId)
  if (!stored) {
    return new Map()
  }
  const opened = await encryptionModule(container).decrypt(
    stored as Envelope,
    contextOf(accountId)
  )
  const values: Record<string, string> = JSON.parse(opened.reveal())
  return new Map(
    Object.entries(values).map(([name, value]) => [
      name,
      new SecretString(value),
    ])
  )
}

/**
 * Seals and keeps what a service has given for accounts, in place of all that
 * the platform's accounts had.
 *
 * @param platform - as it was before the service was asked
 * @param accounts - as the service lists them
 * @throws {ServiceError} `config_error` for one that the description does not declare
 */
export const keepAccountCredentials = async (
  container: MedusaContainer,
  { description }: SocialProvider,
  platform: PlatformOfAccounts,
  accounts: readonly RemoteAccount[]
): Promise<void> => {
  const socials = socialsModule(container)
  const rows = await socials.listSocialAccounts(
    { platform_id: platform.id },
    { select: ["id", "external_id"] }
  )
  const idOf = new Map(rows.map(({ id, external_id }) => [external_id, id]))
  const sealed = new Map<string, { id: string; content: object }>()
  for (const { external_id, credentials = {} } of accounts) {
    const id = idOf.get(external_id)
    const values = Object.entries(credentials).map(
      ([name, value]): [string, string] => {
        requireDeclared(description, name)
        return [name, value.reveal()]
      }
    )
    if (id && values.length) {
      const content = await encryptionModule(container).encrypt(
        JSON.stringify(Object.fromEntries(values)),
        contextOf(id)
      )
      sealed.set(id, { id, content })
    }
  }
  await socials.replaceAccountCredentials(platform, [...sealed.values()])
}

/** What is not declared would be kept and never used. */
const requireDeclared = (
  { label, account_credentials = [] }: ProviderDescription,
  name: string
): void => {
  if (!account_credentials.includes(name)) {
    throw new ServiceError(
      "config_error",
      `The provider of ${label} gives accounts a credential "${name}" that its description does not declare: add it to account_credentials.`,
      { code: "undeclared_account_credential" }
    )
  }
}
