import { ServiceError } from "../../errors/service-error"
import { classifyServiceError } from "../../http/classify"
import { readJson } from "../../http/fetch"
import type { ProviderContext } from "../types"
import { AMAZON_ADS_SERVICE, amazonAdsDescription } from "./description"
import { regionOf } from "./regions"

interface AmazonErrorBody {
  code?: unknown
  details?: unknown
  message?: unknown
}

/** Amazon tells apart what it refuses in its explanation alone. */
const MEANINGS: readonly [pattern: RegExp, code: string][] = [
  [
    /not authorized to access scope|no matching advertiser/i,
    "profile_not_permitted",
  ],
  [/client ?id/i, "client_id_refused"],
]

const codeOf = (
  { code }: AmazonErrorBody,
  status: number,
  explanation: string
): string => {
  const meaning = MEANINGS.find(([pattern]) => pattern.test(explanation))
  // Some answers have the status as their code, which says nothing.
  const own = typeof code === "string" && /^[A-Za-z_]{1,64}$/.test(code)
  return meaning?.[1] ?? (own ? String(code) : `http_${status}`)
}

/**
 * Reads from the advertising API of the platform's region.
 *
 * @param path - below the API's base address
 * @throws {ServiceError} classified by what Amazon says
 */
export const readAmazonAds = async <T>(
  { settings, credential, fetch }: ProviderContext,
  path: string
): Promise<T> => {
  const base = String(settings.base_url || regionOf(settings).api)
  const clientId = settings.client_id
  if (typeof clientId !== "string" || !clientId) {
    throw new ServiceError(
      "config_error",
      "The client ID for Amazon Ads is not configured: every request has to name it.",
      { code: "missing_client_id" }
    )
  }
  const token = await credential("access_token")
  const response = await fetch(`${base.replace(/\/+$/, "")}${path}`, {
    headers: {
      authorization: `Bearer ${token.reveal()}`,
      "Amazon-Advertising-API-ClientId": clientId,
      accept: "application/json",
    },
  })
  if (response.ok) {
    return readJson<T>(AMAZON_ADS_SERVICE, await withExactIds(response))
  }

  const body = await readFailure(response)
  const explanation = [body.details, body.message].find(
    (text): text is string => typeof text === "string" && !!text
  )
  throw classifyServiceError(
    AMAZON_ADS_SERVICE,
    response,
    {
      code: codeOf(body, response.status, explanation ?? ""),
      message: explanation,
    },
    amazonAdsDescription.error_rules
  )
}

/** Amazon's ids are numbers that may have more digits than JavaScript's numbers hold. */
const withExactIds = async (response: Response): Promise<Response> =>
  new Response(
    (await response.text()).replace(/("profileId"\s*:\s*)(\d+)/g, '$1"$2"'),
    { status: response.status, headers: response.headers }
  )

/** The gateway in front of the API throttles without a body that could be read. */
const readFailure = async (response: Response): Promise<AmazonErrorBody> =>
  response.status === 429
    ? readJson<AmazonErrorBody>(AMAZON_ADS_SERVICE, response).catch(() => ({}))
    : readJson<AmazonErrorBody>(AMAZON_ADS_SERVICE, response)
