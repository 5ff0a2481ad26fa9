import { NonceBudgetExhaustedError } from "../errors"

/** A good moment for a new key: a quarter of the limit is used up. */
export const NONCE_WARNING = 2 ** 30

/** NIST SP 800-38D allows a key no more values with random 96-bit nonces. */
export const NONCE_LIMIT = 2 ** 32

/** Values that a process enters in the registry at a time, before it seals them. */
export const RESERVATION = 256

export type NonceBudget = {
  /**
   * Counts one value, before it is sealed.
   *
   * @param version - of the key that seals
   * @throws NonceBudgetExhaustedError when the key has sealed 2^32 values
   */
  count(version: number): void
  /**
   * @param version - key version
   * @returns how many values may still be sealed that the registry has counted already; negative
   * when more were sealed than that
   */
  left(version: number): number
  /**
   * Learns of a reservation that is stored.
   *
   * @param version - key version
   * @param reserved - values that this process has added to the registry's count
   * @param stored - the registry's count then
   */
  reserve(version: number, reserved: number, stored: number): void
  /**
   * Learns what all processes together have sealed or reserved; a lower number than the known one
   * is ignored.
   *
   * @param version - key version
   * @param stored - the registry's count
   */
  learn(version: number, stored: number): void
  /** @returns what was reserved and not used, by version; it is forgotten here, for the registry to take back */
  release(): Map<number, number>
}

type Account = {
  /** In the registry, with what this process has reserved. */
  stored: number
  /** Reserved and not used yet. */
  left: number
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
 * Values are entered in the registry before they are sealed, some hundred at a time: a process that
 * ends without a word leaves the count too high, never too low.
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
      account = { stored: stored?.get(version) ?? 0, left: 0, warned: false }
      accounts.set(version, account)
    }
    return account
  }

  return {
    count(version) {
      const account = accountOf(version)
      const total = account.stored - account.left
      if (total >= NONCE_LIMIT) {
        throw new NonceBudgetExhaustedError({ keyVersion: version })
      }
      account.left -= 1
      if (total + 1 >= NONCE_WARNING && !account.warned) {
        account.warned = true
        warn(
          `Key version ${version} has sealed more than 2^30 values; it is refused at 2^32. Promote a new key version and re-encrypt.`,
          version
        )
      }
    },
    left: (version) => accountOf(version).left,
    reserve(version, reserved, count) {
      const account = accountOf(version)
      account.left += reserved
      account.stored = Math.max(account.stored + reserved, count)
    },
    learn(version, count) {
      const account = accountOf(version)
      account.stored = Math.max(account.stored, count)
    },
    release() {
      const unused = new Map<number, number>()
      for (const [version, account] of accounts) {
        if (account.left !== 0) {
          unused.set(version, account.left)
          account.stored -= account.left
          account.left = 0
        }
      }
      return unused
    },
  }
}
