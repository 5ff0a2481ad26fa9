import { createHmac } from "node:crypto"
import { ServiceError } from "../../errors/service-error"
import type { SecretString } from "../../secrets/secret-string"
import type { ApiDescription } from "../api-description"
import type { ProviderContext, ProviderSettings } from "../types"

export const META_SERVICE = "Meta"

/** Each version ends about two years after it appeared: hence a setting. */
export const DEFAULT_GRAPH_VERSION = "v25.0"

const GRAPH_ADDRESS = "https://graph.facebook.com"

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

/** @throws {ServiceError} `config_error` for a version that is none */
export const graphAddress = (settings: ProviderSettings): string => {
  const version = String(settings.graph_version || DEFAULT_GRAPH_VERSION)
  if (!/^v\d{1,3}\.\d{1,2}$/.test(version)) {
    throw new ServiceError(
      "config_error",
      `"graph_version" must be a version of the Graph API, such as ${DEFAULT_GRAPH_VERSION}.`,
      { code: "invalid_graph_version" }
    )
  }
  const base = String(settings.base_url || GRAPH_ADDRESS).replace(/\/+$/, "")
  return `${base}/${version}`
}

/**
 * Opens the app secret where there is one.
 *
 * @throws {ServiceError} what else goes wrong with it
 */
export const openAppSecret = async ({
  credential,
}: ProviderContext): Promise<SecretString | undefined> => {
  try {
    return await credential("app_secret")
  } catch (error) {
    if (error instanceof ServiceError && error.code === "missing_credential") {
      return undefined
    }
    throw error
  }
}

/** Reads Meta's description of a failure; without one, the response is not Meta's. */
export const readGraphError: ApiDescription["read_error"] = (
  body: { error?: GraphError } = {},
  { ok }
) => {
  if (!body.error) {
    return ok ? undefined : null
  }
  const { code, error_subcode, message } = body.error
  return {
    code: String(code ?? "unknown"),
    subcode: error_subcode ? String(error_subcode) : undefined,
    message,
  }
}

/**
 * Reads from the Graph API with the platform's token, and the proof of the app
 * secret where that is configured.
 *
 * @throws {ServiceError} classified by Meta's codes
 */
export const readGraph = async <T>(
  context: ProviderContext,
  path: string,
  query: Record<string, string>
): Promise<T> => {
  const token = await context.credential("access_token")
  const secret = await openAppSecret(context)
  const proof = secret && {
    appsecret_proof: createHmac("sha256", secret.reveal())
      .update(token.reveal())
      .digest("hex"),
  }
  return context.request<T>(path, { query: { ...query, ...proof } })
}

interface Page<T> {
  data?: T[]
  paging?: { cursors?: { after?: string }; next?: string }
}

/**
 * Reads a list to its end. Only the cursor is taken from the response: the ready
 * address in it would decide where the token goes.
 *
 * @throws {ServiceError} classified by Meta's codes
 */
export const readGraphList = async <T>(
  context: ProviderContext,
  path: string,
  fields: string
): Promise<T[]> => {
  const entries: T[] = []
  let after: string | undefined

  for (let page = 0; page < MAX_PAGES; page++) {
    const { data, paging } = await readGraph<Page<T>>(context, path, {
      fields,
      limit: String(PAGE_SIZE),
      ...(after && { after }),
    })
    if (!Array.isArray(data)) {
      throw new ServiceError(
        "transient",
        `${META_SERVICE} answered without a list.`,
        { code: "malformed_response" }
      )
    }
    entries.push(...data)
    after = paging?.next ? paging.cursors?.after : undefined
    if (!after) {
      break
    }
  }
  return entries
}
