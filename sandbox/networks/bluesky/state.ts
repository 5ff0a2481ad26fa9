import { randomUUID } from "node:crypto"
import { cidOfBlob } from "../../../src/providers/bluesky/cid"
import { jsonReply, type Reply } from "../../http"

/** A refusal as servers of the AT Protocol put it. */
export class XrpcError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {}
  ) {
    super(message)
  }

  reply(): Reply {
    const { status, code, message, headers } = this
    return jsonReply(status, { error: code, message }, headers)
  }
}

export type BlueskyAccount = {
  did: string
  handle: string
  displayName: string
  appPasswords: string[]
  /** What a login with the account's own password needs besides. */
  password: string
  followers: number
  status?: "takendown" | "deactivated"
}

export type StoredRecord = {
  uri: string
  cid: string
  value: Record<string, unknown>
  indexedAt: string
}

export type VideoJob = {
  jobId: string
  did: string
  polls: number
  cid: string
}

type Token = { did: string; ends: number } & (
  { use: "access" | "refresh" } | { use: "service"; aud: string; lxm: string }
)

const ACCESS_SECONDS = 2 * 60 * 60
const REFRESH_SECONDS = 90 * 24 * 60 * 60
const LOGIN_LIMIT = { count: 30, seconds: 5 * 60 }

const encoded = (value: object): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url")

/** All that a network of one server knows. */
export const createState = () => {
  const ada: BlueskyAccount = {
    did: "did:plc:adasshop4242424242424242",
    handle: "ada.bsky.test",
    displayName: "Ada's Shop",
    appPasswords: ["abcd-efgh-ijkl-mnop"],
    password: "the-accounts-own-password",
    followers: 1815,
  }
  const accounts: BlueskyAccount[] = [
    ada,
    {
      did: "did:plc:charlesworks424242424242",
      handle: "charles.bsky.test",
      displayName: "Charles",
      appPasswords: [],
      password: "another",
      followers: 7,
    },
  ]
  const tokens = new Map<string, Token>()
  const logins: number[] = []
  const records = new Map<string, StoredRecord>()
  const blobs = new Map<string, { bytes: Buffer; type: string }>()
  const jobs = new Map<string, VideoJob>()
  const video = {
    /** How often a job is asked about before it is done. */
    polls: 1,
    canUpload: true,
    remaining: 25,
    failure: undefined as string | undefined,
  }

  const issue = (token: Token): string => {
    const { did, ends, use } = token
    const jwt = `${encoded({ typ: "at+jwt", alg: "none" })}.${encoded({
      sub: did,
      scope: `com.atproto.${use}`,
      exp: Math.floor(ends / 1000),
      jti: randomUUID(),
    })}.${encoded({ signed: use })}`
    tokens.set(jwt, token)
    return jwt
  }

  const openSession = (did: string) => ({
    accessJwt: issue({
      did,
      use: "access",
      ends: Date.now() + ACCESS_SECONDS * 1000,
    }),
    refreshJwt: issue({
      did,
      use: "refresh",
      ends: Date.now() + REFRESH_SECONDS * 1000,
    }),
  })

  const requireToken = (authorization: string | undefined, use: string) => {
    const jwt = authorization?.replace(/^Bearer /, "") ?? ""
    if (!jwt) {
      throw new XrpcError(401, "AuthMissing", "Authentication Required")
    }
    const token = tokens.get(jwt)
    if (!token || token.use !== use) {
      throw new XrpcError(400, "InvalidToken", "Token could not be verified")
    }
    if (token.ends <= Date.now()) {
      throw new XrpcError(400, "ExpiredToken", "Token has expired")
    }
    return { jwt, token }
  }

  const countLogin = () => {
    const from = Date.now() - LOGIN_LIMIT.seconds * 1000
    const recent = logins.filter((at) => at > from)
    if (recent.length >= LOGIN_LIMIT.count) {
      const reset = Math.ceil(recent[0] / 1000) + LOGIN_LIMIT.seconds
      throw new XrpcError(429, "RateLimitExceeded", "Rate Limit Exceeded", {
        "ratelimit-limit": String(LOGIN_LIMIT.count),
        "ratelimit-remaining": "0",
        "ratelimit-reset": String(reset),
        "ratelimit-policy": `${LOGIN_LIMIT.count};w=${LOGIN_LIMIT.seconds}`,
      })
    }
    logins.push(Date.now())
  }

  const storeBlob = (bytes: Buffer, type: string) => {
    const cid = cidOfBlob(bytes)
    blobs.set(cid, { bytes, type })
    return blobOf(cid)
  }

  const blobOf = (cid: string) => {
    const blob = blobs.get(cid)
    return {
      $type: "blob",
      ref: { $link: cid },
      mimeType: blob?.type,
      size: blob?.bytes.length,
    }
  }

  const findAccount = (identifier: string) =>
    accounts.find(({ did, handle }) =>
      [did, handle].includes(identifier.toLowerCase())
    )

  return {
    ada,
    accounts,
    records,
    blobs,
    jobs,
    video,
    issue,
    openSession,
    requireToken,
    countLogin,
    storeBlob,
    blobOf,
    findAccount,
    /** Lets every token of a kind end now. */
    expire: (use: "access" | "refresh") => {
      for (const token of tokens.values()) {
        if (token.use === use) {
          token.ends = Date.now()
        }
      }
    },
    expireToken: (jwt: string) => {
      const token = tokens.get(jwt)
      if (token) {
        token.ends = Date.now()
      }
    },
    end: (jwt: string) => tokens.delete(jwt),
    logins,
  }
}

export type BlueskyState = ReturnType<typeof createState>
