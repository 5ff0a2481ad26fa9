import { createHmac } from "node:crypto"
import { isServiceError, ServiceError } from "../../errors/service-error"
import type { SizedStream } from "../../http/body"
import type { SecretString } from "../../secrets/secret-string"
import type { ApiDescription } from "../api-description"
import type { ProviderContext, ProviderSettings, SettingField } from "../types"
import { usageIn } from "./usage"

export const META_SERVICE = "Meta"

/** Each version ends about two years after it appeared: hence a setting. */
export const DEFAULT_GRAPH_VERSION = "v25.0"

/** More pages than this means that the service repeats its cursor. */
const MAX_PAGES = 50

const PAGE_SIZE = 100

/** Meta's description of a failure. */
export interface GraphError {
  code?: number
  error_subcode?: number
  /** Inside `debug_token` the subcode has another name. */
  subcode?: number
  message?: string
  /** What Meta would show to the person; some errors say only here what is wrong. */
  error_user_msg?: string
}

/** One of the hosts that the Graph API is at. */
export interface GraphHost {
  /** Its origin, which a platform's base URL takes the place of. */
  origin: string
  version: string
}

/** Facebook pages, and Instagram by the login with Facebook. */
export const FACEBOOK_HOST: GraphHost = {
  origin: "https://graph.facebook.com",
  version: DEFAULT_GRAPH_VERSION,
}

export const graphVersionField = ({ version }: GraphHost): SettingField => ({
  name: "graph_version",
  label: "Graph API version",
  required: false,
  input: "text",
  default: version,
  help: "Meta ends each version about two years after it appeared.",
})

/** Of a platform, in place of a host's own origin. */
export const addressField: SettingField = {
  name: "base_url",
  label: "Address of the API",
  required: false,
  input: "url",
  help: "Only for a proxy of your own, or the simulator.",
}

/** What a platform asks for at the consent page, in place of what it usually needs. */
export const scopesField: SettingField = {
  name: "scopes",
  label: "Scopes",
  required: false,
  input: "text",
  help: "Only for other permissions than the page about the network names: all of them, with spaces between them.",
}

/**
 * Reads a number that becomes part of an address.
 *
 * @returns undefined when it is not configured
 * @throws {ServiceError} `config_error` when it is something else
 */
export const numericSetting = (
  settings: ProviderSettings,
  name: string
): string | undefined => {
  const value = settings[name]
  if (value === undefined || value === null || value === "") {
    return undefined
  }
  if (/^\d{1,32}$/.test(String(value))) {
    return String(value)
  }
  throw new ServiceError(
    "config_error",
    `"${name}" must be the number that Meta shows.`,
    { code: `invalid_${name}` }
  )
}

/** Where a host is: its own address, or the platform's base URL; without a slash at its end. */
export const originOf = (
  { origin }: GraphHost,
  { base_url }: ProviderSettings
): string => String(base_url || origin).replace(/\/+$/, "")

/**
 * The address that the Graph API's paths are below, of the configured version.
 *
 * @throws {ServiceError} `config_error` for a version that is none
 */
export const graphAddress =
  (host: GraphHost = FACEBOOK_HOST) =>
  (settings: ProviderSettings): string => {
    const version = String(settings.graph_version || host.version)
    if (!/^v\d{1,3}\.\d{1,2}$/.test(version)) {
      throw new ServiceError(
        "config_error",
        `"graph_version" must be a version of the Graph API, such as ${host.version}.`,
        { code: "invalid_graph_version" }
      )
    }
    return `${originOf(host, settings)}/${version}`
  }

/**
 * Opens a credential where there is one.
 *
 * @throws {ServiceError} what else goes wrong with it
 */
export const openIfPresent = async (
  { credential }: ProviderContext,
  name: string
): Promise<SecretString | undefined> => {
  try {
    return await credential(name)
  } catch (error) {
    if (isServiceError(error) && error.code === "missing_credential") {
      return undefined
    }
    throw error
  }
}

/** Reads Meta's description of a failure; a page in its place is not Meta's. */
export const readGraphError: ApiDescription["read_error"] = (
  body: { error?: GraphError } | undefined,
  { ok }
) => {
  if (!body?.error) {
    return ok || body ? undefined : null
  }
  const { code, error_subcode, message, error_user_msg } = body.error
  return {
    code: String(code ?? "unknown"),
    subcode: error_subcode ? String(error_subcode) : undefined,
    message: error_user_msg || message,
  }
}

/** What a request to the Graph API carries; what is undefined is left out. */
export type GraphFields = Readonly<
  Record<string, string | number | boolean | undefined>
>

/** The Graph API in a platform's name. Everything throws what Meta's codes mean. */
export interface Graph {
  get: <T>(path: string, query?: GraphFields) => Promise<T>
  post: <T>(path: string, fields?: GraphFields) => Promise<T>
  /** A form with files. */
  form: <T>(path: string, body: SizedStream) => Promise<T>
  remove: (path: string) => Promise<void>
  /**
   * Reads a list to its end. Only the cursor is taken from the response: the
   * ready address in it would decide where the token goes.
   */
  list: <T>(path: string, fields: string) => Promise<T[]>
  /** The same, with whether its end was reached: what is not in it may be in the rest. */
  all: <T>(path: string, query: GraphFields) => Promise<Listing<T>>
  /** The first page of a list, which is of the newest. */
  latest: <T>(path: string, query: GraphFields) => Promise<T[]>
  /** How much of what Meta allows was used up by the last response of this operation, in per cent. */
  usage: () => number
}

export interface Listing<T> {
  entries: T[]
  is_whole: boolean
}

interface Page<T> {
  data?: T[]
  paging?: { cursors?: { after?: string }; next?: string }
}

/**
 * The Graph API for a platform, with the proof of the app's secret where there
 * is one: Meta demands it of apps that require it (HMAC-SHA256 of the token).
 *
 * @param secret - the credential that holds the app's secret; none for hosts
 * that know no proof
 */
export const graphOf = (context: ProviderContext, secret?: string): Graph => {
  const proof = async (): Promise<GraphFields> => {
    const key = secret ? await openIfPresent(context, secret) : undefined
    if (!key) {
      return {}
    }
    const token = await context.credential("access_token")
    return {
      appsecret_proof: createHmac("sha256", key.reveal())
        .update(token.reveal())
        .digest("hex"),
    }
  }
  const on_headers = (headers: Headers) =>
    void usages.set(context, usageIn(headers))
  const get: Graph["get"] = async (path, query = {}) =>
    context.request(path, {
      query: { ...query, ...(await proof()) },
      on_headers,
    })

  return {
    get,
    post: async (path, fields = {}) =>
      context.request(path, {
        method: "POST",
        query: await proof(),
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: formOf(fields),
        on_headers,
      }),
    form: async (path, body) =>
      context.request(path, {
        method: "POST",
        query: await proof(),
        body,
        on_headers,
      }),
    remove: async (path) => {
      await context.request(path, { method: "DELETE", query: await proof() })
    },
    list: async <T>(path: string, fields: string) =>
      (await readList<T>(get, path, { fields })).entries,
    all: (path, query) => readList(get, path, query),
    latest: async <T>(path: string, query: GraphFields) =>
      entriesOf(await get<Page<T>>(path, query)),
    usage: () => usages.get(context) ?? 0,
  }
}

/** What was last told in an operation. */
const usages = new WeakMap<ProviderContext, number>()

const formOf = (fields: GraphFields): string =>
  new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)]]
    )
  ).toString()

const entriesOf = <T>({ data }: Page<T>): T[] => {
  if (!Array.isArray(data)) {
    throw malformed(META_SERVICE, "a list")
  }
  return data
}

const readList = async <T>(
  get: Graph["get"],
  path: string,
  query: GraphFields
): Promise<Listing<T>> => {
  const entries: T[] = []
  let after: string | undefined

  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await get<Page<T>>(path, {
      limit: PAGE_SIZE,
      after,
      ...query,
    })
    entries.push(...entriesOf(answer))
    const isLast = !answer.paging?.next
    after = answer.paging?.cursors?.after
    if (isLast || !after) {
      return { entries, is_whole: isLast }
    }
  }
  return { entries, is_whole: false }
}

/** A successful response that lacks what it must have. */
export const malformed = (service: string, missing: string): ServiceError =>
  new ServiceError("transient", `${service} answered without ${missing}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

/**
 * Sends the one call that publishes. "Try again later" is no refusal there:
 * Meta says so of posts, too, that appear a moment later.
 */
export const publishCall = async <T>(call: () => Promise<T>): Promise<T> => {
  try {
    return await call()
  } catch (error) {
    const isVague =
      isServiceError(error) && error.errorClass === "transient" && error.status
    throw isVague
      ? new ServiceError("transient", error.message, {
          code: error.code,
          status: error.status,
          retryAt: error.retryAt,
          outcomeUnknown: true,
        })
      : error
  }
}
