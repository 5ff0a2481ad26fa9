import { ServiceError } from "../errors/service-error"
import { readRetryAt, retryAtFromHeaders } from "../errors/retry-after"
import {
  classifyServiceError,
  type ErrorRule,
  type ParsedServiceError,
} from "../http/classify"
import type { ProviderDescription } from "./types"

/** Where services put their error code, the most telling first. */
const CODE_PATHS = [
  "error.code",
  "error.type",
  "error.status",
  "errors.0.code",
  "errorCode",
  "error_code",
  "code",
  "error",
  "name",
  "type",
  "category",
  "0.errorCode",
]

const MESSAGE_PATHS = [
  "error.message",
  "error.description",
  "errors.0.message",
  "errors.0.detail",
  "error_description",
  "errorSummary",
  "error_summary",
  "ErrorMessage",
  "message",
  "detail",
  "description",
  "title",
  "errors",
  "Fault.Error.0.Message",
  "0.message",
]

/** A code is one word: anything else would be a text in its place. */
const CODE = /^[\w./-]{1,80}$/

const valueAt = (body: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      body
    )

/**
 * The first text or number at one of several places in a response.
 *
 * @param paths - member names with dots between, best first
 */
export const textAt = (
  body: unknown,
  paths: readonly string[],
  accept: (text: string) => boolean = Boolean
): string | undefined =>
  paths
    .map((path) => valueAt(body, path))
    .filter((value) => typeof value === "string" || typeof value === "number")
    .map(String)
    .find(accept)

/** @returns undefined for what is no JSON object or list */
export const parseJson = (
  text: string,
  parse: (text: string) => unknown = JSON.parse
): Record<string, unknown> | undefined => {
  try {
    const value = parse(text)
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** What messages call a provider's service. */
export const serviceOf = ({ api, label }: ProviderDescription): string =>
  api?.service ?? label

/** A response that is no JSON, or lacks what it must have. */
export const malformedResponse = (
  description: ProviderDescription,
  response: Response
): ServiceError =>
  new ServiceError(
    "transient",
    `${serviceOf(description)} answered ${response.status} with something that is not JSON.`,
    {
      code: "malformed_response",
      status: response.status,
      retryAt: retryAtFromHeaders(response.headers),
      outcomeUnknown: response.ok || response.status >= 500,
    }
  )

/**
 * A page in the place of a response is a proxy's or a firewall's and says nothing
 * about the request, unless its status alone says enough.
 */
const isForeignPage = (response: Response, text: string): boolean =>
  ![401, 429].includes(response.status) &&
  response.status < 500 &&
  (/html/i.test(response.headers.get("content-type") ?? "") ||
    /^\s*<(?:!doctype\s+html|html)/i.test(text))

const describeFailure = (
  { api }: ProviderDescription,
  response: Response,
  body: unknown
): ParsedServiceError => ({
  code:
    textAt(body, [...(api?.error_codes ?? []), ...CODE_PATHS], (text) =>
      CODE.test(text)
    ) ?? `http_${response.status}`,
  message: textAt(body, [
    ...MESSAGE_PATHS,
    ...(CODE.test(String(valueAt(body, "error"))) ? [] : ["error"]),
  ]),
  retryAt: readRetryAt(textAt(body, api?.retry_after ?? []) ?? ""),
})

/**
 * What a service's answer says of a failure.
 *
 * @param text - the response's body, without the credentials that were sent
 * @param rules - in addition to the provider's own, which come first
 * @returns undefined for a response that is none
 */
export const failureIn = (
  description: ProviderDescription,
  response: Response,
  text: string,
  rules: readonly ErrorRule[] = []
): ServiceError | undefined => {
  const body = parseJson(text)
  const told = description.api?.read_error?.(body, response)
  if (response.ok && !told) {
    return undefined
  }
  // A gateway throttles without a body that could be read.
  const isForeign = told === null && response.status !== 429
  if (isForeign || (!body && !told && isForeignPage(response, text))) {
    return malformedResponse(description, response)
  }
  const guessed = describeFailure(description, response, body)
  return classifyServiceError(
    serviceOf(description),
    response,
    told ? { ...guessed, ...told, code: wordOf(told.code) } : guessed,
    [...(description.error_rules ?? []), ...rules]
  )
}

/** A code of the service's that is no word is not worth showing. */
const wordOf = (code: string): string => (CODE.test(code) ? code : "refused")
