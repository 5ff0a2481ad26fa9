import { NonceBudgetExhaustedError } from "../errors"

/** A good moment for a new key: a quarter of the limit is used up. */
export const NONCE_WARNING = 2 ** 30

/** NIST SP 800-38D allows a key no more values with random 96-bit nonces. */
export const NONCE_LIMIT = 2 ** 32

export type NonceBudget = {
  /**
   * Counts one value, before it is sealed.
   *
   * @param version - of the key that seals
   * @throws NonceBudgetExhaustedError when the key has sealed 2^32 values
   */
  count(version: number): void
  /**
   * @returns what was counted since the last drain, by version, for the registry to add up; the
   * versions that sealed nothing are left out
   */
  drain(): Map<number, number>
  /**
   * Takes back what was drained and could not be stored, so that the next drain brings it again.
   *
   * @param deltas - what {@link NonceBudget.drain} returned
   */
  restore(deltas: ReadonlyMap<number, number>): void
  /**
   * Learns what all processes together have sealed; a lower number than the known one is ignored.
   *
   * @param version - key version
   * @param stored - the registry's count, with everything in it that this process drained
   */
  learn(version: number, stored: number): void
  /**
   * @param version - key version
   * @returns values sealed so far, as far as this process knows
   */
  total(version: number): number
}

type Account = {
  /** In the registry, or on its way there. */
  stored: number
  /** Counted here since the last drain. */
  fresh: number
  warned: boolean
}

export type NonceBudgetOptions = {
  /** The registry's count by version at the start. */
  stored?: ReadonlyMap<number, number>
  /** Called once for each version that passes the warning mark, also when it starts beyond it. */
  warn(message: string, version: number): void
}

/**
 * Counts how often each key seals. Random nonces repeat by chance, and a repeated one gives away
 * both plaintexts and the key's ability to authenticate; the limit keeps that chance below 2^-32.
 *
 * @param options - counts to start from, and where the warning goes
 * @returns the budget of this process
 */
export function createNonceBudget({
  stored,
  warn,
}: NonceBudgetOptions): NonceBudget {
  const accounts = new Map<number, Account>()

  const accountOf = (version: number): Account => {
    let account = accounts.get(version)
    if (!account) {
      account = { stored: stored?.get(version) ?? 0, fresh: 0, warned: false }
      accounts.set(version, account)
    }
    return account
  }

  return {
    count(version) {
      const account = accountOf(version)
      const total = account.stored + account.fresh
      if (total >= NONCE_LIMIT) {
        throw new NonceBudgetExhaustedError({ keyVersion: version })
      }
      account.fresh += 1
      if (total + 1 >= NONCE_WARNING && !account.warned) {
        account.warned = true
        warn(
          `Key version ${version} has sealed more than 2^30 values; it is refused at 2^32. Promote a new key version and re-encrypt.`,
          version
        )
      }
    },
    drain() {
      const deltas = new Map<number, number>()
      for (const [version, account] of accounts) {
        if (account.fresh > 0) {
          deltas.set(version, account.fresh)
          account.stored += account.fresh
          account.fresh = 0
        }
      }
      return deltas
    },
    restore(deltas) {
      for (const [version, delta] of deltas) {
        const account = accountOf(version)
        account.stored -= delta
        account.fresh += delta
      }
    },
    learn(version, count) {
      const account = accountOf(version)
      account.stored = Math.max(account.stored, count)
    },
    total(version) {
      const { stored: known, fresh } = accountOf(version)
      return known + fresh
    },
  }
}
