/** A platform's access token of a number. */
export const accessToken = (platform: string, number: number): string =>
  `access.${platform}.${number}`

/** A platform's refresh token of a number. */
export const refreshToken = (platform: string, number: number): string =>
  `refresh.${platform}.${number}`

/** The number of a token of either kind. */
export const numberOf = (token: string): number => Number(token.split(".")[2])

/** One answer of the token server's. */
export interface Grant {
  platform: string
  /** 1 is what the platform was seeded with; each refresh adds one. */
  number: number
  /** Number of the refresh token that it was given for; 0 for the first. */
  presented: number
  /** Name of the process that asked. */
  client: string
}

/** The books of a token server: what it has granted, and what was done wrong. */
export interface TokenLedger {
  /** Uses of a refresh token that nothing excuses. */
  violations: string[]
  /** Grants that died with the process which had asked for them. */
  lost: Grant[]
  /** How many refreshes were granted. */
  refreshes: () => number
  newest: (platform: string) => number
  /** Uses up a refresh token; undefined when it must be refused. */
  exchange: (refreshToken: string, client: string) => Grant | undefined
  /** A process says that it has stored a grant: from now on nothing excuses its loss. */
  confirm: (platform: string, number: number) => void
  /** A process was killed. */
  bury: (client: string) => void
  /**
   * Whether the tokens of a number may be what a platform holds: the newest, or
   * else every later grant died with a killed process before it was stored.
   */
  mayHold: (platform: string, number: number) => boolean
}

/**
 * Opens the books. A killed process can lose what the server answered it last:
 * the platform then still holds the refresh token before, which is used up. The
 * server takes it again in exactly that case, as services with a grace period do.
 */
export const openLedger = (): TokenLedger => {
  const grants = new Map<string, Grant[]>()
  const confirmed = new Map<string, number>()
  const dead = new Set<string>()
  const violations: string[] = []
  const lost: Grant[] = []

  const grantsOf = (platform: string): Grant[] => {
    const list = grants.get(platform) ?? [
      { platform, number: 1, presented: 0, client: "seed" },
    ]
    grants.set(platform, list)
    return list
  }
  const newest = (platform: string) => grantsOf(platform).length

  /**
   * A process that has stored a grant presents that one next time, so a grant
   * that was lost was the last of its process and given for the stored token.
   */
  const mayHold = (platform: string, number: number): boolean => {
    const later = grantsOf(platform).slice(number)
    return (
      number >= 1 &&
      (confirmed.get(platform) ?? 1) <= number &&
      later.every(({ presented }) => presented === number) &&
      later.every(({ client }) => dead.has(client)) &&
      new Set(later.map(({ client }) => client)).size === later.length
    )
  }

  return {
    violations,
    lost,
    refreshes: () =>
      [...grants.values()].reduce((sum, list) => sum + list.length - 1, 0),
    newest,
    exchange: (refreshToken, client) => {
      const [kind, platform, text] = refreshToken.split(".")
      const presented = Number(text)
      const list = grantsOf(platform)
      if (kind !== "refresh" || !mayHold(platform, presented)) {
        violations.push(
          `${client} used refresh token ${presented} of ${platform}, whose newest is ${list.length}`
        )
        return undefined
      }
      lost.push(
        ...list.slice(presented).filter((grant) => !lost.includes(grant))
      )
      const grant = { platform, number: list.length + 1, presented, client }
      list.push(grant)
      return grant
    },
    confirm: (platform, number) => {
      confirmed.set(platform, Math.max(number, confirmed.get(platform) ?? 1))
    },
    bury: (client) => {
      dead.add(client)
    },
    mayHold,
  }
}
