import { ServiceError } from "../errors/service-error"
import { fetchWithProof } from "../oauth/dpop"
import { createSignedFetch } from "../oauth/oauth1/signed-fetch"
import type { OAuth1Client, OAuth1Server } from "../oauth/oauth1/types"
import type { ServiceFetch } from "../http/fetch"
import { SecretString } from "../secrets/secret-string"
import type { AuthType } from "../shared/enums"
import type { LoginPart, RequestAuthentication } from "./api-description"
import type {
  ProviderContext,
  ProviderDescription,
  ProviderSettings,
} from "./types"

/** Visible ASCII: what a header and an address can carry as it is. */
const SENDABLE = /^[\x21-\x7e]+$/

/** Characters that a path segment carries as they are (RFC 3986, section 3.3). */
const PATH_SAFE = /^[\w.~:@!$&'()*+,;=-]+$/

/** Base64 carries any character, so only control characters are refused. */
const PRINTABLE = /^[^\p{Cc}]+$/u

/** What a request needs that is sent in a platform's name. */
type Access = Pick<ProviderContext, "settings" | "auth_type" | "credential">

/** A request with its credentials, and everything secret in it. */
export interface AuthenticatedRequest {
  /** With the key, where the service takes it there: never show or log it. */
  url: URL
  headers: Record<string, string>
  /** Must not appear in anything that is made from the response. */
  secrets: SecretString[]
}

const BY_AUTH_TYPE: Record<
  Exclude<AuthType, "oauth1">,
  RequestAuthentication
> = {
  bearer: {
    in: "header",
    name: "authorization",
    prefix: "Bearer",
    credential: "access_token",
  },
  oauth2: {
    in: "header",
    name: "authorization",
    prefix: "Bearer",
    credential: "access_token",
  },
  api_key: { in: "header", name: "authorization", credential: "api_key" },
  basic: {
    in: "login",
    user: { setting: "username" },
    password: { credential: "password" },
  },
}

const configError = (code: string, message: string): ServiceError =>
  new ServiceError("config_error", message, { code })

const unsendable = (service: string, name: string): ServiceError =>
  configError(
    "invalid_credential",
    `The ${name.replaceAll("_", " ")} for ${service} has characters that cannot be sent. Enter it again.`
  )

/** Opens a credential as it can be sent; space around a pasted one is dropped. */
const openFor = async (
  service: string,
  { credential }: Access,
  name: string,
  allowed: RegExp
): Promise<SecretString> => {
  const value = (await credential(name)).reveal().trim()
  if (!allowed.test(value)) {
    throw unsendable(service, name)
  }
  return new SecretString(value)
}

/**
 * Puts a platform's credentials into a request, in the way of its service.
 *
 * @param url - on an origin that may get the credentials; `{api_key}` in its
 * path is replaced by the key where the service takes it there
 * @throws {ServiceError} `config_error` for a credential that is missing or
 * cannot be sent; the value is not repeated
 */
export const authenticateRequest = async (
  description: ProviderDescription,
  access: Access,
  url: URL
): Promise<AuthenticatedRequest> => {
  const { auth_type, settings } = access
  const { label, api } = description
  if (hasProofs(description, auth_type)) {
    // Its requests are signed as they go out, see `provenFetch`.
    return { url, headers: {}, secrets: [] }
  }
  const how =
    api?.authentication?.(auth_type, settings) ??
    (auth_type === "oauth1" ? undefined : BY_AUTH_TYPE[auth_type])

  switch (how?.in) {
    case undefined:
      // Its requests are signed as they go out, see `signedFetch`.
      return { url, headers: {}, secrets: [] }
    case "header":
      return inHeader(label, access, url, how)
    case "login":
      return withLogin(description, access, url, how)
    case "query": {
      const key = await openFor(label, access, how.credential, PRINTABLE)
      const target = new URL(url)
      const pair = `${how.name}=${encodeURIComponent(key.reveal())}`
      target.search = target.search ? `${target.search}&${pair}` : pair
      return { url: target, headers: {}, secrets: [key] }
    }
    case "path":
      return inPath(label, access, url, how)
  }
}

const inHeader = async (
  service: string,
  access: Access,
  url: URL,
  { name, prefix, credential }: RequestAuthentication & { in: "header" }
): Promise<AuthenticatedRequest> => {
  const secret = await openFor(service, access, credential, SENDABLE)
  const value = prefix ? `${prefix} ${secret.reveal()}` : secret.reveal()
  return { url, headers: { [name]: value }, secrets: [secret] }
}

const inPath = async (
  service: string,
  access: Access,
  url: URL,
  { credential, pattern }: RequestAuthentication & { in: "path" }
): Promise<AuthenticatedRequest> => {
  const whole = await openFor(service, access, credential, pattern ?? PATH_SAFE)
  const key = pattern
    ? new SecretString(pattern.exec(whole.reveal())?.[1] ?? "")
    : whole
  const target = new URL(url)
  // The URL parser has encoded the braces.
  const place = `%7B${credential}%7D`
  if (!target.pathname.includes(place)) {
    throw configError(
      "no_place_for_credential",
      `${service} takes its key in the path: write {${credential}} where it belongs.`
    )
  }
  target.pathname = target.pathname.replaceAll(place, () => key.reveal())
  // A key of several segments may be repeated one by one.
  const segments = key.reveal().split("/")
  return {
    url: target,
    headers: {},
    secrets: [key, ...segments.map((segment) => new SecretString(segment))],
  }
}

const withLogin = async (
  description: ProviderDescription,
  access: Access,
  url: URL,
  { user, password }: RequestAuthentication & { in: "login" }
): Promise<AuthenticatedRequest> => {
  const left = await readPart(description, access, user)
  const right = await readPart(description, access, password)
  if (left.value.includes(":")) {
    // RFC 7617, section 2: the first colon ends the user name.
    throw unsendable(description.label, "user name")
  }
  const login = Buffer.from(`${left.value}:${right.value}`).toString("base64")
  return {
    url,
    headers: { authorization: `Basic ${login}` },
    secrets: [left.secret, right.secret, new SecretString(login)].filter(
      (secret) => secret !== undefined
    ),
  }
}

const readPart = async (
  description: ProviderDescription,
  access: Access,
  part: LoginPart
): Promise<{ value: string; secret?: SecretString }> => {
  if ("text" in part) {
    return { value: part.text }
  }
  const { label } = description
  if ("setting" in part) {
    return { value: requireSetting(description, access.settings, part.setting) }
  }
  const secret = await openFor(label, access, part.credential, PRINTABLE)
  return { value: secret.reveal(), secret }
}

const requireSetting = (
  { label, setting_fields }: ProviderDescription,
  settings: ProviderSettings,
  name: string
): string => {
  const value = String(settings[name] ?? "").trim()
  if (!value) {
    const field = setting_fields.find((candidate) => candidate.name === name)
    throw configError(
      "missing_setting",
      `${label} needs the setting "${name}" (${field?.label ?? name}). Enter it in the platform's settings.`
    )
  }
  return value
}

/** A client that signs each request, with credentials opened for just that (RFC 5849). */
export const signedFetch = (
  server: OAuth1Server,
  { settings, credential }: Pick<Access, "settings" | "credential">,
  fetch: ServiceFetch
): ServiceFetch => {
  return async (url, init) => {
    const signed = createSignedFetch({
      server,
      client: await oauth1Registration(server, settings, credential),
      credentials: {
        token: await credential("access_token"),
        token_secret: await credential("access_token_secret"),
      },
      fetch,
    })
    return signed(url, init)
  }
}

/** Whether each request proves that it comes from who holds the token's key (RFC 9449). */
export const hasProofs = (
  { oauth2 }: ProviderDescription,
  authType: AuthType
): boolean => authType === "oauth2" && !!oauth2?.dpop

/** A `fetch` whose requests carry the access token and a proof of its key. */
export const provenFetch =
  (
    { credential }: Pick<Access, "credential">,
    fetch: ServiceFetch
  ): ServiceFetch =>
  async (url, init) =>
    fetchWithProof(
      await credential("dpop_key"),
      await credential("access_token"),
      fetch,
      new URL(url),
      init ?? {}
    )

/**
 * The application's registration with a service of OAuth 1.0a.
 *
 * @throws {ServiceError} `config_error` when it is not configured
 */
export const oauth1Registration = async (
  { signature_method }: OAuth1Server,
  { consumer_key }: ProviderSettings,
  credential: ProviderContext["credential"]
): Promise<OAuth1Client> => {
  if (typeof consumer_key !== "string" || !consumer_key) {
    throw configError(
      "missing_consumer_key",
      "The consumer key is not configured. Register the application with the service and enter its consumer key."
    )
  }
  return {
    consumer_key,
    consumer_secret: await credential("consumer_secret"),
    ...(signature_method === "RSA-SHA1" && {
      private_key: await credential("private_key"),
    }),
  }
}
