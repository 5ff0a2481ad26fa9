import type { ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type {
  CredentialColumns,
  HealthColumns,
} from "../../modules/socials/sql/platforms"
import type { RecordedError } from "../../shared/api-types"
import type { PlatformStatus } from "../../shared/enums"

/*
 * All that can happen to a connection, each as a pure function from what is
 * known of its row to the columns that change. Whoever writes them adds the
 * credentials that go with them, in the same statement.
 */

type Status = Pick<SocialPlatformRow, "status">

/** What is kept of a failure and shown to the merchant: never a value. */
export interface StoredError {
  class: string
  code: string
  message: string
  at: string
  /** Whether it was a refresh that failed, or has failed before and not worked since. */
  of_refresh?: true
}

/** What a person reads of a failure, without what the plugin notes for itself. */
export const shownError = (error: object | null): RecordedError | null => {
  const stored = error as StoredError | null
  return (
    stored && {
      class: stored.class,
      code: stored.code,
      message: stored.message,
      at: stored.at,
    }
  )
}

export const toStoredError = (
  { errorClass, code, message }: ServiceError,
  at: Date = new Date()
): StoredError => ({
  class: errorClass,
  code,
  message,
  at: at.toISOString(),
})

const TOKENS = ["access_token", "refresh_token"]

const NO_FAILURE = { last_error: null, consecutive_failures: 0 }

const WORKS = { ...NO_FAILURE, token_validity: "true", grant_ended_at: null }

/** What a service said of the old credentials says nothing of new ones. */
const UNTRIED = {
  ...NO_FAILURE,
  token_validity: "unknown",
  grant_ended_at: null,
}

/** What a service has granted, and what follows from it. */
export interface GrantColumns {
  token_expires_at: Date | null
  next_refresh_at: Date | null
  /** Left as it is where the service does not repeat it. */
  refresh_token_expires_at?: Date
  scopes?: string[]
  granted_client_id: string | null
}

/** A person has connected the platform: whatever was there belongs to another grant. */
export const connected = (
  grant: GrantColumns,
  at: Date
): CredentialColumns => ({
  ...WORKS,
  status: "active",
  refresh_token_expires_at: null,
  ...grant,
  connected_at: at,
  last_refreshed_at: null,
})

/**
 * The token was refreshed. That does not switch on what a person has switched
 * off; and a service that repeats the token that it was to replace has helped
 * nobody, so that its failures go on counting.
 *
 * @param isExtended - whether the refresh has moved the end of the refresh token
 * @param isAnother - whether the token is another one than before
 */
export const refreshed = (
  row: Status & Pick<SocialPlatformRow, "consecutive_failures">,
  grant: GrantColumns,
  at: Date,
  { isExtended, isAnother }: { isExtended: boolean; isAnother: boolean }
): CredentialColumns => ({
  ...WORKS,
  ...(!isAnother && { consecutive_failures: row.consecutive_failures }),
  status: row.status === "inactive" ? "inactive" : "active",
  ...grant,
  last_refreshed_at: at,
  // The work is done: a process that dies now leaves nobody waiting.
  refresh_lease_token: null,
  refresh_lease_until: null,
  ...(isExtended && { refresh_token_extended_at: at }),
})

/** The service has accepted the credentials. */
export const tested = (
  { status }: Status,
  at: Date = new Date()
): HealthColumns => ({
  ...WORKS,
  tested_at: at,
  ...(status === "error" && { status: "active" }),
})

/**
 * The service has answered with what belongs to the platform. That proves
 * nothing about refreshing: what a refresh has failed for stays until one works.
 */
export const synced = (
  { last_error }: Pick<SocialPlatformRow, "last_error">,
  at: Date,
  profile: Record<string, unknown> | null
): HealthColumns => ({
  ...(!isOfRefresh(last_error) && NO_FAILURE),
  ...(profile && { profile }),
  last_synced_at: at,
})

const isOfRefresh = (error: SocialPlatformRow["last_error"]): boolean =>
  !!(error as StoredError | null)?.of_refresh

/**
 * A request failed in a way that leaves the connection alone.
 *
 * @param failures - in a row, this one included
 * @param retryAt - when a refresh that failed is tried again; undefined where
 * something else than a refresh failed
 */
export const failed = (
  { last_error }: Pick<SocialPlatformRow, "last_error">,
  error: ServiceError,
  failures: number,
  retryAt?: Date
): HealthColumns => ({
  last_error: {
    ...toStoredError(error),
    ...((retryAt || isOfRefresh(last_error)) && { of_refresh: true }),
  },
  consecutive_failures: failures,
  ...(retryAt && { next_refresh_at: retryAt }),
})

/**
 * The access has ended, or somebody who was refused it says so. Only where the
 * token endpoint itself says so are the tokens erased some time later.
 */
export const accessEnded = (
  row: Pick<SocialPlatformRow, "consecutive_failures">,
  error: ServiceError,
  at: Date = new Date()
): HealthColumns => ({
  status: "error",
  token_validity: "false",
  next_refresh_at: null,
  grant_ended_at: error.code === "invalid_grant" ? at : null,
  last_error: { ...toStoredError(error, at) },
  consecutive_failures: row.consecutive_failures + 1,
})

/** The tokens of a grant that ended some time ago are gone for good. */
export const grantErased = (): CredentialColumns => ({
  token_expires_at: null,
  next_refresh_at: null,
  grant_ended_at: null,
})

/**
 * Other credentials are stored, and nobody has tried them yet.
 *
 * @param names - of the credentials that are stored
 * @param connects - whether the platform can be used with them
 */
export const credentialsStored = (
  { status }: Status,
  names: string[],
  connects: boolean
): CredentialColumns & { status: PlatformStatus } => ({
  ...UNTRIED,
  // Whoever stores a token from elsewhere does not say to whom it was granted.
  ...(names.some((name) => TOKENS.includes(name)) && {
    granted_client_id: null,
  }),
  status:
    status === "error" || (status === "pending" && connects)
      ? "active"
      : status,
})

/** The tokens were made from what has just changed: the next ones are asked for anew. */
export const tokensErased = ({ status }: Status): CredentialColumns => ({
  ...UNTRIED,
  status: status === "error" ? "active" : status,
  token_expires_at: null,
  refresh_token_expires_at: null,
  next_refresh_at: null,
})

/** The credential is gone without which a platform is not connected. */
export const keyErased = ({ status }: Status): CredentialColumns => ({
  ...UNTRIED,
  status: status === "inactive" ? "inactive" : "pending",
  connected_at: null,
  granted_client_id: null,
})

/** A person has disconnected the platform. */
export const disconnected = (): CredentialColumns => ({
  ...UNTRIED,
  status: "pending",
  connected_at: null,
  granted_client_id: null,
  token_expires_at: null,
  refresh_token_expires_at: null,
  next_refresh_at: null,
  scopes: null,
})

/** What {@link accessEnded}, {@link credentialsStored} and {@link tokensErased} change, as it was before. */
export const healthBefore = ({
  token_expires_at,
  refresh_token_expires_at,
  next_refresh_at,
  status,
  token_validity,
  last_error,
  consecutive_failures,
  grant_ended_at,
}: SocialPlatformRow): HealthColumns => ({
  token_expires_at,
  refresh_token_expires_at,
  next_refresh_at,
  status,
  token_validity,
  last_error,
  consecutive_failures,
  grant_ended_at,
})
