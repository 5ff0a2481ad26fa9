import { ServiceError } from "../../../errors/service-error"
import { retryAtFromHeaders } from "../../../errors/retry-after"
import { eraseValues } from "../../../secrets/erase-values"
import type { SecretString } from "../../../secrets/secret-string"
import {
  classifyServiceError,
  type ErrorRule,
  type ParsedServiceError,
} from "../../../http/classify"

/** What a probe's status means, where the same status means something else for content. */
const PROBE_RULES: ErrorRule[] = [
  { status: 402, errorClass: "account_restricted" },
  // The platform's settings are in the address: the object that they name is not there.
  ...[400, 404, 405, 406, 410, 415, 422].map((status): ErrorRule => ({
    status,
    errorClass: "config_error",
  })),
  // A refusal inside of a successful answer that no rule knows says nothing of the token.
  { status: 200, errorClass: "transient" },
]

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

const MAX_NAME_LENGTH = 120

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

const textAt = (
  body: unknown,
  paths: readonly string[],
  accept: (text: string) => boolean = Boolean
): string | undefined =>
  paths
    .map((path) => valueAt(body, path))
    .filter((value) => typeof value === "string" || typeof value === "number")
    .map(String)
    .find(accept)

const parseJson = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === "object" && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

const malformed = (service: string, response: Response): ServiceError =>
  new ServiceError(
    "transient",
    `${service} answered ${response.status} with something that is not JSON.`,
    {
      code: "malformed_response",
      status: response.status,
      retryAt: retryAtFromHeaders(response.headers),
    }
  )

/**
 * A page in the place of an answer is a proxy's or a firewall's and says nothing
 * about the credentials, unless its status alone says enough.
 */
const isForeignPage = (response: Response, text: string): boolean =>
  ![401, 429].includes(response.status) &&
  response.status < 500 &&
  (/html/i.test(response.headers.get("content-type") ?? "") ||
    /^\s*<(?:!doctype\s+html|html)/i.test(text))

const describeFailure = (
  response: Response,
  body: unknown,
  codePaths: readonly string[]
): ParsedServiceError => ({
  code:
    textAt(body, [...codePaths, ...CODE_PATHS], (text) => CODE.test(text)) ??
    `http_${response.status}`,
  message: textAt(body, [
    ...MESSAGE_PATHS,
    ...(CODE.test(String(valueAt(body, "error"))) ? [] : ["error"]),
  ]),
})

export interface AnswerRules {
  service: string
  /** What the request carried: erased from everything that the service says. */
  secrets: readonly SecretString[]
  error_codes?: readonly string[]
  error_rules?: readonly ErrorRule[]
  refusal?: (body: Record<string, unknown>) => string | undefined
}

/**
 * Reads the answer to a probe.
 *
 * @returns the answer's body, without the secrets of the request
 * @throws {ServiceError} classified by the template's rules, then by the status
 */
export const readProbeAnswer = async (
  response: Response,
  { service, secrets, error_codes = [], error_rules = [], refusal }: AnswerRules
): Promise<object> => {
  const text = eraseValues(await response.text(), secrets)
  const body = parseJson(text)
  const rules = [...error_rules, ...PROBE_RULES]

  if (!response.ok) {
    throw !body && isForeignPage(response, text)
      ? malformed(service, response)
      : classifyServiceError(
          service,
          response,
          describeFailure(response, body, error_codes),
          rules
        )
  }
  if (!body) {
    throw malformed(service, response)
  }
  const code = refusal?.(body as Record<string, unknown>)
  if (code !== undefined) {
    throw classifyServiceError(
      service,
      response,
      {
        ...describeFailure(response, body, error_codes),
        code: CODE.test(code) ? code : "refused",
      },
      rules
    )
  }
  return body
}

/**
 * The account's name in a probe's answer.
 *
 * @param paths - where it may be, best first
 */
export const accountName = (
  body: object,
  paths: readonly string[] = []
): string | undefined =>
  textAt(body, paths, (text) => !!text.trim())
    ?.trim()
    .slice(0, MAX_NAME_LENGTH)
