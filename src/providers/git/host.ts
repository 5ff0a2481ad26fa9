import { ServiceError } from "../../errors/service-error"
import type { TokenRefusals } from "../../oauth/types"
import type { ErrorRule, ParsedServiceError } from "../../http/classify"
import { instanceAddress } from "../instance-address"
import type { ProviderSettings } from "../types"

/** Who a token of a Git host belongs to. */
export interface GitUser {
  id: string
  username: string
  name: string | null
  email: string | null
  avatar_url: string | null
  url: string | null
}

/** Addresses of one instance of a Git host. */
export interface GitInstance {
  /** The web interface. */
  web: string
  /** Base address of the REST API. */
  api: string
  authorization_endpoint: string
  token_endpoint: string
  revocation_endpoint?: string
  /** Only where the host's documents name it. */
  issuer?: string
}

type JsonObject = Record<string, unknown>

/** What is particular about one kind of Git host; everything else they share. */
export interface GitHost {
  identifier: string
  label: string
  description: string
  docs_url: string
  /** Address of the public instance; absent where everybody runs their own. */
  public_instance?: string
  instance_help: string
  token_help: string
  scopes: readonly string[]
  /** @param web - the instance's address, without a slash at its end */
  instance: (web: string) => GitInstance
  /** Headers of every API request besides the token. */
  headers: Readonly<Record<string, string>>
  /** Reads the response of `GET /user`. */
  readUser: (body: JsonObject) => GitUser
  /**
   * Where the host keeps a private e-mail address from `GET /user`.
   *
   * @returns the path below the API's base address
   */
  emails_path?: string
  /** Reads a failed response of the API. */
  readError: (body: JsonObject, response: Response) => ParsedServiceError
  /** The host's own error codes of the token endpoint. */
  token_refusals?: TokenRefusals
  /** Brings a token response into standard form where codes alone do not tell. */
  normalizeTokenResponse?: (body: JsonObject) => JsonObject
}

/** What the hosts say where the HTTP status alone would mislead. */
export const GIT_ERROR_RULES: readonly ErrorRule[] = [
  { code: "rate_limited", errorClass: "rate_limited" },
  { pattern: /account (was|is) suspended/i, errorClass: "account_restricted" },
  { code: "insufficient_scope", errorClass: "permission" },
  // The addresses that are asked exist on every instance.
  {
    status: 404,
    errorClass: "config_error",
    next_action: "Check the address of the instance.",
  },
]

const misconfigured = (message: string): ServiceError =>
  new ServiceError("config_error", message, { code: "invalid_instance_url" })

/**
 * The addresses that a platform's requests go to.
 *
 * @param host - the kind of Git host
 * @param settings - `instance_url` chooses the instance, `base_url` moves the API alone
 * @throws {ServiceError} `config_error` for an address that cannot carry a
 * token safely, or none where one is needed
 */
export const resolveInstance = (
  host: GitHost,
  settings: ProviderSettings
): GitInstance => {
  const web = settings.instance_url || host.public_instance
  if (!web) {
    throw misconfigured(
      `Enter the address of your ${host.label} instance, for example https://git.example.com.`
    )
  }
  const instance = host.instance(instanceAddress(host.label, web))
  return settings.base_url
    ? { ...instance, api: instanceAddress(host.label, settings.base_url) }
    : instance
}

/** A member of a response, if it is a text that says something. */
export const textOf = (value: unknown): string | null =>
  typeof value === "string" && value ? value : null
