import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { CredentialColumns } from "../../modules/socials/sql/platforms"
import { EXPIRY_COLUMNS } from "../../modules/socials/sql/vault"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import { recordCredentialEvent } from "../state/events"
import { socialsModule } from "../modules"
import {
  preparePlatform,
  preparePlatformChange,
} from "../storage/platform-input"
import { getProvider } from "../providers"
import { nextRefreshAt } from "../access-token/schedule"
import { refreshOf } from "../access-token/strategy"
import { nextCredentials, type SealedCredentials } from "../storage/seal"
import { bufferSeconds } from "../state/tokens"
import {
  accessCredentials,
  connects,
  accessOf,
} from "../state/needed-credentials"
import { credentialsStored } from "../state/transitions"
import { changeCredentials } from "../storage/write"
import {
  apiConfigOf,
  type CredentialEntry,
  readEntry,
  type StoreCredentialInput,
} from "./entry"
import { findVaultPlatform, isPlatformOf } from "./key"
import { isStored } from "./read"

export interface StoredCredential {
  /** The platform that holds it. */
  platform_id: string
  /** Whether the platform was made for it. */
  created: boolean
}

/** Tries, each lost to somebody who created, moved or deleted the platform meanwhile. */
const ATTEMPTS = 5

/**
 * Stores a tenant's credential, sealed, in the place of the one before it. The
 * platform of the key is created when there is none; of several calls at once
 * for the same key, one creates it and the last value stays.
 *
 * @throws {MedusaError} INVALID_DATA for a malformed key, an unknown provider,
 * a secret among the metadata, or settings that the provider needs and lacks
 */
export const storeCredential = async (
  container: MedusaContainer,
  input: StoreCredentialInput
): Promise<StoredCredential> => {
  const entry = readEntry(input)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const row = await findVaultPlatform(container, entry)
    const platformId = row
      ? await storeInPlatform(container, row, entry)
      : await createPlatform(container, entry)
    if (platformId) {
      return { platform_id: platformId, created: !row }
    }
  }
  throw new MedusaError(
    MedusaError.Types.CONFLICT,
    `The credential was not stored: others changed the connection "${entry.identifier}" of provider "${entry.provider}" again and again. Try again.`
  )
}

/** @returns undefined when somebody else has created it meanwhile */
const createPlatform = async (
  container: MedusaContainer,
  entry: CredentialEntry
): Promise<string | undefined> => {
  const { tenant_id, identifier, token_type, metadata, actor_id } = entry
  const { description } = await getProvider(container, entry.provider)
  const apiConfig = apiConfigOf(entry)
  const { settings, sealed, ...data } = await preparePlatform(container, {
    name: entry.name ?? `${description.label} ${identifier}`,
    provider: description.identifier,
    // Without this a refresh token that comes first would be taken for a key's neighbour.
    auth_type: description.auth_types.find((type) =>
      token_type === "refresh_token"
        ? type === "oauth2"
        : accessCredentials(description, type).some((name) => name in apiConfig)
    ),
    tenant_id,
    identifier,
    metadata,
    api_config: apiConfig,
  })
  try {
    await socialsModule(container).insertPlatform(
      { ...data, ...(await factsOf(container, data, entry)) },
      await nextCredentials(
        container,
        description,
        { id: data.id, tenant_id: data.tenant_id ?? null },
        { settings, sealed }
      )
    )
  } catch (error) {
    if (await findVaultPlatform(container, entry)) {
      return undefined
    }
    throw error
  }
  await recordCredentialEvent(container, {
    platform_id: data.id,
    type: "created",
    actor_id,
    details: { credentials: Object.keys(sealed) },
  })
  return data.id
}

/** @returns undefined when the platform is no longer the key's */
const storeInPlatform = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  entry: CredentialEntry
): Promise<string | undefined> => {
  const { metadata, actor_id } = entry
  try {
    const { settings, sealed } = await preparePlatformChange(
      container,
      row.id,
      { metadata, api_config: apiConfigOf(entry) }
    )
    const version = await changeCredentials(
      container,
      row.id,
      async (current) =>
        isPlatformOf(current, entry)
          ? {
              settings,
              sealed,
              columns: await columnsOf(container, current, entry, sealed),
            }
          : null
    )
    if (version === null) {
      return undefined
    }
    if (metadata) {
      await socialsModule(container).updateSocialPlatforms({
        id: row.id,
        metadata,
      })
    }
    const names = Object.keys(sealed)
    await recordCredentialEvent(container, {
      platform_id: row.id,
      type: "updated",
      actor_id,
      details: {
        credentials: names,
        erased: names.filter((name) => sealed[name] === null),
      },
    })
    return row.id
  } catch (error) {
    if (isNotFound(error)) {
      // Deleted since it was found: the next attempt creates it anew.
      return undefined
    }
    throw error
  }
}

const isNotFound = (error: unknown): boolean =>
  error instanceof MedusaError && error.type === MedusaError.Types.NOT_FOUND

/** What a new credential changes of a platform that was there before it. */
const columnsOf = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  entry: CredentialEntry,
  sealed: SealedCredentials
): Promise<CredentialColumns> => {
  const { token_type } = entry
  const access = await accessOf(container, row)
  const isGrant =
    access?.credentials.includes(token_type) ||
    (token_type === "refresh_token" && row.auth_type === "oauth2")
  const { connected_at, ...facts } = await factsOf(container, row, entry)
  return {
    ...facts,
    ...(connected_at && { connected_at: row.connected_at ?? connected_at }),
    ...(token_type === "access_token" &&
      isStored(row, token_type) && { last_refreshed_at: new Date() }),
    ...(isGrant &&
      credentialsStored(
        row,
        [token_type],
        connects((row.api_config ?? {}) as ApiConfig, sealed, access)
      )),
  }
}

type Facts = Pick<
  SocialPlatformRow,
  | "connected_at"
  | "token_expires_at"
  | "refresh_token_expires_at"
  | "next_refresh_at"
  | "scopes"
>

/** What the caller told of a token, and what follows from it. */
const factsOf = async (
  container: MedusaContainer,
  { auth_type }: Pick<SocialPlatformRow, "auth_type">,
  { token_type, expires_at, scopes, provider: identifier }: CredentialEntry
): Promise<Partial<Facts>> => {
  if (token_type === "refresh_token") {
    return { [EXPIRY_COLUMNS.refresh_token]: expires_at }
  }
  if (token_type !== "access_token") {
    return {}
  }
  const now = new Date()
  const provider = await getProvider(container, identifier)
  const refresh = refreshOf(provider.description, auth_type)
  return {
    [EXPIRY_COLUMNS.access_token]: expires_at,
    connected_at: now,
    next_refresh_at:
      refresh.strategy === "none"
        ? null
        : nextRefreshAt(
            { expires_at, issued_at: now.getTime() },
            refresh,
            await bufferSeconds(container, provider, auth_type)
          ),
    ...(scopes && { scopes }),
  }
}
