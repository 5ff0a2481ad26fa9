import type { CredentialTest as SharedCredentialTest } from "../../shared/api-types"
import type { SocialPlatformRow } from "../../modules/socials/rows"

export type CredentialTest = SharedCredentialTest<Date | string>

/** Failures that pass by themselves: they say nothing of the credentials. */
const PASSING = ["transient", "rate_limited"]

export type TestedRow = Pick<
  SocialPlatformRow,
  | "token_validity"
  | "last_error"
  | "tested_at"
  | "last_refreshed_at"
  | "connected_at"
>

const NEVER: CredentialTest = { state: "not_tested", at: null, message: null }

/**
 * What a person is told of a platform's credentials. A success clears the last
 * error, so one that is there is the newest word.
 *
 * @param holdsAccess - whether the platform has credentials that could work
 */
export const viewCredentialTest = (
  row: TestedRow,
  holdsAccess: boolean
): CredentialTest => {
  if (!holdsAccess) {
    return NEVER
  }
  const error = row.last_error as {
    class: string
    message: string
    at: string
  } | null
  const isPassing = !!error && PASSING.includes(error.class)

  if (row.token_validity === "false" || (error && !isPassing)) {
    return {
      state: "does_not_work",
      at: error?.at ?? null,
      message: error?.message ?? null,
    }
  }
  if (row.token_validity === "true") {
    return { state: "works", at: lastProof(row), message: null }
  }
  return error
    ? { state: "not_tested", at: error.at, message: error.message }
    : NEVER
}

/** The service proves a token by granting it, refreshing it or answering a test. */
const lastProof = ({
  tested_at,
  last_refreshed_at,
  connected_at,
}: TestedRow): Date | null => {
  const times = [tested_at, last_refreshed_at, connected_at].flatMap((time) =>
    time ? [time.getTime()] : []
  )
  return times.length ? new Date(Math.max(...times)) : null
}
