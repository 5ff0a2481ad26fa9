import { ServiceError } from "../../../errors/service-error"
import { SecretString } from "../../../secrets/secret-string"
import type { ProviderContext } from "../../types"
import { settingValue } from "./address"
import type { Authentication, BasicPart } from "./types"

/** Visible ASCII: what a header and an address can carry as it is. */
const SENDABLE = /^[\x21-\x7e]+$/

/** Characters that a path segment carries as they are (RFC 3986, section 3.3). */
const PATH_SAFE = /^[\w.~:@!$&'()*+,;=-]+$/

/** The credentials of one request, and everything secret in it. */
export interface AuthenticatedRequest {
  headers: Record<string, string>
  /** With the key, where the service takes it there: never show or log it. */
  path: string
  /** Must not appear in anything that is made from the answer. */
  secrets: SecretString[]
}

const unsendable = (service: string, name: string): ServiceError =>
  new ServiceError(
    "config_error",
    `The ${name.replaceAll("_", " ")} for ${service} has characters that cannot be sent. Enter it again.`,
    { code: "invalid_credential" }
  )

/** Opens a credential as it can be sent; space around a pasted one is dropped. */
const openFor = async (
  { credential }: ProviderContext,
  service: string,
  name: string,
  allowed: RegExp
): Promise<SecretString> => {
  const value = (await credential(name)).reveal().trim()
  if (!allowed.test(value)) {
    throw unsendable(service, name)
  }
  return new SecretString(value)
}

const readPart = async (
  context: ProviderContext,
  service: string,
  part: BasicPart
): Promise<{ value: string; secret?: SecretString }> => {
  if ("text" in part) {
    return { value: part.text }
  }
  if ("setting" in part) {
    return { value: settingValue(service, context.settings, part.setting) }
  }
  const { name } = part.credential
  // Base64 carries any character, so only control characters are refused.
  const secret = await openFor(context, service, name, /^[^\p{Cc}]+$/u)
  return { value: secret.reveal(), secret }
}

const inHeader = async (
  context: ProviderContext,
  service: string,
  path: string,
  name: string,
  { header, prefix }: { header: string; prefix?: string }
): Promise<AuthenticatedRequest> => {
  const secret = await openFor(context, service, name, SENDABLE)
  const value = prefix ? `${prefix} ${secret.reveal()}` : secret.reveal()
  return { headers: { [header]: value }, path, secrets: [secret] }
}

const withLogin = async (
  context: ProviderContext,
  service: string,
  path: string,
  { user, password }: { user: BasicPart; password: BasicPart }
): Promise<AuthenticatedRequest> => {
  const left = await readPart(context, service, user)
  const right = await readPart(context, service, password)
  if (left.value.includes(":")) {
    // RFC 7617, section 2: the first colon ends the user name.
    throw unsendable(service, "user name")
  }
  const login = Buffer.from(`${left.value}:${right.value}`).toString("base64")
  return {
    headers: { authorization: `Basic ${login}` },
    path,
    secrets: [left.secret, right.secret, new SecretString(login)].filter(
      (secret): secret is SecretString => !!secret
    ),
  }
}

/**
 * Puts a platform's credentials into a request, in the way of its service.
 *
 * @param path - the request's path; `{api_key}` in it is replaced by the key
 * @throws {ServiceError} `config_error` for a credential that is missing or
 * cannot be sent; the value is not repeated
 */
export const authenticate = async (
  context: ProviderContext,
  service: string,
  scheme: Authentication,
  path: string
): Promise<AuthenticatedRequest> => {
  const bearer = { header: "authorization", prefix: "Bearer" }

  switch (scheme.type) {
    case "basic":
      return withLogin(context, service, path, scheme)
    case "bearer":
      return inHeader(context, service, path, "access_token", bearer)
    case "oauth2":
      return inHeader(
        context,
        service,
        path,
        "access_token",
        scheme.in ?? bearer
      )
    case "api_key": {
      if (scheme.in !== "path") {
        return inHeader(context, service, path, "api_key", scheme.in)
      }
      const key = await openFor(context, service, "api_key", PATH_SAFE)
      return {
        headers: {},
        path: path.replace("{api_key}", () => key.reveal()),
        secrets: [key],
      }
    }
  }
}
