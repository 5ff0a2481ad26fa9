import { openLedger, type TokenLedger } from "./token-log"

/** The books of a service that takes a second use of a refresh token for theft. */
export interface UnforgivingLedger extends TokenLedger {
  /** Whether the service still answers the platform's newest refresh token. */
  isAlive: (platform: string) => boolean
}

/**
 * Opens books without grace: whoever presents a used refresh token, for
 * whatever reason, ends the grant with all its tokens (RFC 9700, section 4.14.2).
 */
export const openUnforgivingLedger = (): UnforgivingLedger => {
  const ledger = openLedger()
  const revoked = new Set<string>()

  return {
    ...ledger,
    exchange: (refreshToken, client) => {
      const platform = refreshToken.split(".")[1]
      const grant = revoked.has(platform)
        ? undefined
        : ledger.exchange(refreshToken, client)
      if (!grant) {
        revoked.add(platform)
      }
      return grant
    },
    // Nobody is excused for having been killed.
    bury: () => undefined,
    isAlive: (platform) => !revoked.has(platform),
  }
}
