import { isServiceError, ServiceError } from "../../errors/service-error"
import type { ProviderContext } from "../types"
import { type GraphError, numericSetting, openIfPresent } from "./graph"

/** What Meta's token debugger says of the platform's token. */
export interface TokenFacts {
  /** Null when the token does not end. */
  expires_at: Date | null
  /** When the app loses the access to a person's data; null when it does not. */
  data_access_expires_at: Date | null
  /** Undefined when Meta does not name them. */
  scopes: string[] | undefined
}

interface DebugToken {
  data?: {
    is_valid?: boolean
    /** In s since the epoch; 0 when it does not end. */
    expires_at?: number
    /** In s since the epoch; 0 when it does not end. */
    data_access_expires_at?: number
    scopes?: string[]
    error?: GraphError
  }
}

/** Where the app that a token was granted to is configured. */
export interface AppFields {
  /** The setting with the app's ID. */
  id: string
  /** The credential with its secret. */
  secret: string
}

/**
 * Asks Meta's token debugger, which only answers to the app itself.
 *
 * @param token - in place of the platform's own
 * @returns undefined where the app or its secret are not configured
 * @throws {ServiceError} `token_invalid` when the token is not valid any more,
 * `config_error` when Meta does not know the app or its secret
 */
export const readTokenFacts = async (
  context: ProviderContext,
  app: AppFields,
  token?: { reveal: () => string }
): Promise<TokenFacts | undefined> => {
  const appId = numericSetting(context.settings, app.id)
  const secret = appId ? await openIfPresent(context, app.secret) : undefined
  if (!appId || !secret) {
    return undefined
  }
  const asked = token ?? (await context.credential("access_token"))
  const { data: facts } = await context
    .request<DebugToken>("/debug_token", {
      query: { input_token: asked.reveal() },
      // It is the app that asks, not the platform.
      credentials: "omit",
      headers: { authorization: `Bearer ${appId}|${secret.reveal()}` },
    })
    .catch((error: unknown) => {
      throw ofTheApp(error)
    })
  if (!facts?.is_valid) {
    throw refused(facts?.error)
  }
  return {
    expires_at: toDate(facts.expires_at),
    data_access_expires_at: toDate(facts.data_access_expires_at),
    scopes: Array.isArray(facts.scopes) ? facts.scopes.map(String) : undefined,
  }
}

const toDate = (seconds: number | undefined): Date | null =>
  seconds ? new Date(seconds * 1000) : null

/** Here Meta has refused the app's own token, which says nothing about the platform's. */
const ofTheApp = (error: unknown): unknown =>
  isServiceError(error) && error.errorClass === "token_invalid"
    ? new ServiceError(
        "config_error",
        "Meta does not accept the app ID with this app secret. Compare both with the app's basic settings.",
        { code: error.code, status: error.status }
      )
    : error

const refused = ({ code, subcode }: GraphError = {}): ServiceError =>
  new ServiceError(
    "token_invalid",
    "Meta says that the token is no longer valid.",
    { code: [code ?? 190, subcode].filter(Boolean).join("/"), status: 200 }
  )
