import { retryAtFromHeaders } from "../../errors/retry-after"
import { ServiceError } from "../../errors/service-error"
import { classifyServiceError, type ErrorRule } from "../../http/classify"
import { readJson } from "../../http/fetch"
import type { ProviderContext } from "../types"
import { type GitHost, type GitUser, resolveInstance } from "./host"

/** GitHub refuses requests without one. */
const USER_AGENT = "medusa-plugin-social-platforms"

/** The codes that the hosts' `readError` gives, where the HTTP status alone would mislead. */
export const GIT_ERROR_RULES: ErrorRule[] = [
  { code: "rate_limited", errorClass: "rate_limited" },
  { code: "account_suspended", errorClass: "account_restricted" },
  { code: "insufficient_scope", errorClass: "permission" },
  // The addresses that are asked exist on every instance.
  { status: 404, errorClass: "config_error" },
]

/** GitHub's and GitLab's own headers for when a limit ends, in s since the epoch. */
const RESET_HEADERS = ["x-ratelimit-reset", "ratelimit-reset"]

const limitEnd = (headers: Headers): Date | undefined => {
  const reset = RESET_HEADERS.map((name) => Number(headers.get(name))).find(
    (seconds) => seconds > 0
  )
  return reset
    ? retryAtFromHeaders(
        new Headers({ "retry-after": new Date(reset * 1000).toUTCString() })
      )
    : undefined
}

const toFailure = async (
  host: GitHost,
  response: Response
): Promise<ServiceError> => {
  // GitLab's rate limit answers with plain text.
  const body =
    response.status === 429
      ? await readJson<Record<string, unknown>>(host.label, response).catch(
          () => ({})
        )
      : await readJson<Record<string, unknown>>(host.label, response)
  const error = classifyServiceError(
    host.label,
    response,
    host.readError(body, response),
    GIT_ERROR_RULES
  )
  if (error.errorClass !== "rate_limited" || error.retryAt) {
    return error
  }
  return new ServiceError(error.errorClass, error.message, {
    code: error.code,
    status: error.status,
    retryAt: limitEnd(response.headers),
  })
}

/**
 * Reads from a Git host's API with the platform's access token.
 *
 * @param path - below the API's base address
 * @throws {ServiceError} classified by what the host says
 */
const read = async <T>(
  host: GitHost,
  { settings, credential, fetch }: ProviderContext,
  path: string
): Promise<T> => {
  const { api } = resolveInstance(host, settings)
  const token = await credential("access_token")
  const response = await fetch(`${api}${path}`, {
    headers: {
      ...host.headers,
      authorization: `Bearer ${token.reveal()}`,
      "user-agent": USER_AGENT,
    },
  })
  if (!response.ok) {
    throw await toFailure(host, response)
  }
  return readJson<T>(host.label, response)
}

interface EmailEntry {
  email?: unknown
  primary?: unknown
  verified?: unknown
}

/** Not every token may read the address; the account is known without it. */
const readPrivateEmail = async (
  host: GitHost,
  context: ProviderContext,
  path: string
): Promise<string | null> => {
  try {
    const entries = await read<EmailEntry[]>(host, context, path)
    const primary = Array.isArray(entries)
      ? entries.find(
          (entry) => entry.primary === true && entry.verified === true
        )
      : undefined
    return typeof primary?.email === "string" ? primary.email : null
  } catch (error) {
    if (
      error instanceof ServiceError &&
      ["permission", "config_error"].includes(error.errorClass)
    ) {
      return null
    }
    throw error
  }
}

/**
 * Asks whom the platform's token belongs to.
 *
 * @throws {ServiceError} classified by what the host says
 */
export const readUser = async (
  host: GitHost,
  context: ProviderContext
): Promise<GitUser> => {
  const user = host.readUser(
    await read<Record<string, unknown>>(host, context, "/user")
  )
  if (!user.id || !user.username) {
    throw new ServiceError(
      "transient",
      `${host.label} answered without a user.`,
      { code: "malformed_response" }
    )
  }
  if (user.email || !host.emails_path) {
    return user
  }
  return {
    ...user,
    email: await readPrivateEmail(host, context, host.emails_path),
  }
}
