import { isServiceError, ServiceError } from "../../errors/service-error"
import type { TokenSet } from "../../oauth/types"
import { SecretString } from "../../secrets/secret-string"
import type { ProviderContext } from "../types"
import { identifierOf } from "./description"

/** What a login and a refresh bring (lexicon `com.atproto.server.createSession`). */
interface NewSession {
  accessJwt?: string
  refreshJwt?: string
}

/** Who a session belongs to (lexicon `com.atproto.server.getSession`). */
export interface Session {
  did: string
  handle: string
  emailConfirmed?: boolean
  /** Absent where the server does not tell. */
  active?: boolean
  status?: string
  didDoc?: {
    service?: { id?: string; type?: string; serviceEndpoint?: unknown }[]
  }
}

/**
 * A successful response that lacks what it must have.
 *
 * @param missing - what it lacks, for the message
 */
export const malformed = (missing: string): ServiceError =>
  new ServiceError("transient", `Bluesky answered without ${missing}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

const begin = async ({
  request,
  settings,
  credential,
}: ProviderContext): Promise<NewSession> => {
  const password = await credential("app_password")
  return await request("/xrpc/com.atproto.server.createSession", {
    method: "POST",
    credentials: "omit",
    json: {
      identifier: identifierOf(settings),
      password: password.reveal().trim(),
    },
  })
}

const refreshHeader = async ({
  credential,
}: ProviderContext): Promise<Record<string, string> | undefined> => {
  const token = await credential("refresh_token").catch(() => undefined)
  return token && { authorization: `Bearer ${token.reveal()}` }
}

/** @returns undefined where there is no session that could go on */
const goOn = async (
  context: ProviderContext
): Promise<NewSession | undefined> => {
  const headers = await refreshHeader(context)
  if (!headers) {
    return undefined
  }
  try {
    return await context.request<NewSession>(
      "/xrpc/com.atproto.server.refreshSession",
      { method: "POST", credentials: "omit", headers }
    )
  } catch (error) {
    const isOver =
      isServiceError(error) &&
      ["token_expired", "token_invalid"].includes(error.errorClass)
    if (isOver) {
      return undefined
    }
    throw error
  }
}

/** When a token of a session ends: it is a JWT (atproto.com/specs/xrpc). */
const endOf = (jwt: string): Date | null => {
  try {
    const payload = Buffer.from(jwt.split(".")[1], "base64url").toString()
    const { exp } = JSON.parse(payload) as { exp?: unknown }
    return typeof exp === "number" ? new Date(exp * 1000) : null
  } catch {
    return null
  }
}

/**
 * Goes on with the session, or begins one: logging in is limited to 30 times in
 * five minutes and 300 a day for an account, so it happens only where there is
 * no session.
 */
export const refreshTokens = async (
  context: ProviderContext
): Promise<TokenSet> => {
  const { accessJwt, refreshJwt } =
    (await goOn(context)) ?? (await begin(context))
  if (!accessJwt || !refreshJwt) {
    throw malformed("the tokens of the session")
  }
  return {
    access_token: new SecretString(accessJwt),
    refresh_token: new SecretString(refreshJwt),
    expires_at: endOf(accessJwt),
    refresh_token_expires_at: endOf(refreshJwt),
    scopes: null,
  }
}

/** Ends the session at the server; the app password stays the person's to delete. */
export const revoke = async (context: ProviderContext): Promise<void> => {
  const headers = await refreshHeader(context)
  if (headers) {
    // It has no body.
    await context.request("/xrpc/com.atproto.server.deleteSession", {
      method: "POST",
      credentials: "omit",
      headers,
      accept_status: [200],
    })
  }
}

export const fetchSession = async ({
  request,
}: ProviderContext): Promise<Session> => {
  const session = await request<Session>("/xrpc/com.atproto.server.getSession")
  if (!session.did || !session.handle) {
    throw malformed("the account")
  }
  return session
}

/**
 * The server that the account lives on, which is another than the one that it
 * logs in at where many servers share a front (docs.bsky.app, PDS Entryway).
 *
 * @param settings - the address that it logs in at, where the account does not tell
 */
export const homeOf = (
  { didDoc }: Pick<Session, "didDoc">,
  loginAddress: string
): string => {
  const endpoint = didDoc?.service?.find(({ id }) =>
    id?.endsWith("#atproto_pds")
  )?.serviceEndpoint
  return typeof endpoint === "string" && URL.canParse(endpoint)
    ? endpoint
    : loginAddress
}
