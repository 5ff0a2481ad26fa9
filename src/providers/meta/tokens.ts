import { ServiceError } from "../../errors/service-error"
import { SecretString } from "../../secrets/secret-string"
import type { TokenSet } from "../../oauth/types"
import type { ProviderContext } from "../types"
import { malformed, META_SERVICE } from "./graph"
import { readTokenFacts } from "./token-facts"

/*
 * Meta's tokens live for an hour, are exchanged for ones of sixty days, and
 * those for new ones as long as they live: there is no refresh token.
 */

/** How long before its end a token is exchanged, in s: twenty days leave time for a person. */
export const EXCHANGE_AHEAD_SECONDS = 20 * 86_400

interface ExchangedToken {
  access_token?: string
  /** In s. */
  expires_in?: number
}

/** The app that a platform is connected by. */
export const CLIENT = { id: "client_id", secret: "client_secret" }

/** @param service - as messages call it */
const tokenSetOf = (
  service: string,
  { access_token, expires_in }: ExchangedToken,
  askedAt: number
): TokenSet => {
  if (!access_token || typeof access_token !== "string") {
    throw malformed(service, "an access token")
  }
  return {
    access_token: new SecretString(access_token),
    expires_at:
      typeof expires_in === "number" && expires_in > 0
        ? new Date(askedAt + expires_in * 1000)
        : null,
    refresh_token_expires_at: null,
    scopes: null,
  }
}

/**
 * Exchanges the platform's token at an address, without sending it as a
 * credential: it stands in the query, where Meta wants it.
 */
const exchange = async (
  { request }: ProviderContext,
  service: string,
  address: string,
  query: Readonly<Record<string, string>>
): Promise<TokenSet> => {
  const askedAt = Date.now()
  return tokenSetOf(
    service,
    await request<ExchangedToken>(address, { credentials: "omit", query }),
    askedAt
  )
}

/**
 * Exchanges a person's token of Facebook for one that lives for sixty days,
 * `fb_exchange_token`, and asks the token debugger what it may do and until when.
 *
 * @throws {ServiceError} `token_invalid` once it has ended
 */
export const exchangeFacebookToken = async (
  context: ProviderContext
): Promise<TokenSet> => {
  const { settings, credential } = context
  const tokens = await exchange(context, META_SERVICE, "/oauth/access_token", {
    grant_type: "fb_exchange_token",
    client_id: String(settings[CLIENT.id] ?? ""),
    client_secret: (await credential(CLIENT.secret)).reveal(),
    fb_exchange_token: (await credential("access_token")).reveal(),
  })
  const facts = await readTokenFacts(context, CLIENT, tokens.access_token)
  return {
    ...tokens,
    expires_at: facts?.expires_at ?? tokens.expires_at,
    scopes: facts?.scopes ?? null,
  }
}

/** How a service that has tokens of its own calls the two exchanges. */
export interface TokenExchange {
  service: string
  /** Its origin. */
  origin: string
  /** `ig` or `th`: the grant types begin with it. */
  prefix: string
}

/** Exchanges the token of an hour that a consent grants, `…_exchange_token`. */
export const exchangeFirstToken = async (
  context: ProviderContext,
  { service, origin, prefix }: TokenExchange
): Promise<TokenSet> =>
  exchange(context, service, `${origin}/access_token`, {
    grant_type: `${prefix}_exchange_token`,
    client_secret: (await context.credential(CLIENT.secret)).reveal(),
    access_token: (await context.credential("access_token")).reveal(),
  })

/** Exchanges a long-lived token that is a day old at least, `…_refresh_token`. */
export const exchangeLongLivedToken = async (
  context: ProviderContext,
  { service, origin, prefix }: TokenExchange
): Promise<TokenSet> =>
  exchange(context, service, `${origin}/refresh_access_token`, {
    grant_type: `${prefix}_refresh_token`,
    access_token: (await context.credential("access_token")).reveal(),
  })

/**
 * Refuses a grant that leaves out what nothing works without.
 *
 * @param granted - null where the service does not name it
 * @throws {ServiceError} `permission`
 */
export const requireScopes = (
  service: string,
  needed: readonly string[],
  granted: readonly string[] | null
): void => {
  const missing = granted ? needed.filter((one) => !granted.includes(one)) : []
  if (missing.length) {
    throw new ServiceError(
      "permission",
      `${service} did not grant ${missing.join(", ")}, and nothing can be published without. Nothing was stored. Start again with Connect, and allow everything it asks for.`,
      { code: "missing_permissions" }
    )
  }
}

/** What was asked for and not granted, as the end of a sentence; empty where that is nothing. */
export const missingInWords = (
  asked: readonly string[],
  granted: readonly string[] | undefined
): string => {
  const missing = granted ? asked.filter((one) => !granted.includes(one)) : []
  return missing.length
    ? ` It was not granted ${missing.join(", ")}: connect it again to allow that.`
    : ""
}

/**
 * Brings the answers of Meta's token endpoints into the standard's form. A
 * refusal is an object there, or has other names; Instagram wraps a success.
 */
export const standardTokenAnswer = (
  body: Record<string, unknown>
): Record<string, unknown> => {
  const { error, error_type, error_message, data } = body
  if (typeof error === "object" && error !== null) {
    const { code, message } = error as { code?: number; message?: string }
    return { error: standardCode(code, message ?? "") }
  }
  if (typeof error_type === "string") {
    return { error: standardCode(Number(body.code), String(error_message)) }
  }
  const [first] = Array.isArray(data) ? (data as Record<string, unknown>[]) : []
  const { permissions, ...granted } = first ?? body
  return { ...granted, ...(permissions ? { scope: permissions } : {}) }
}

const standardCode = (code: number | undefined, message: string): string => {
  if (
    code === 101 ||
    /client.?secret|validating application|client.?id/i.test(message)
  ) {
    return "invalid_client"
  }
  if (code === 1 || code === 2) {
    return "temporarily_unavailable"
  }
  return /redirect.?uri/i.test(message) ? "invalid_request" : "invalid_grant"
}
