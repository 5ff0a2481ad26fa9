import type { MedusaContainer } from "@medusajs/framework/types"
import { ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import {
  type AuthorizationServerMetadata,
  fetchAuthorizationServerMetadata,
} from "../../oauth/metadata"
import type {
  OAuth2Client,
  OAuth2Server,
  OAuthFetch,
  PlainHttpRule,
} from "../../oauth/types"
import { createServiceFetch } from "../../http/fetch"
import { allowsPlainHttp, isPrivateAddress } from "../../http/guard/check-url"
import type { SocialProvider } from "../../providers/types"
import { resolveCredential, resolveSettings } from "../use/context"
import { socialsModule } from "../modules"
import { metadataClientId } from "./client-metadata"
import { scopesOf } from "../../providers/scopes"

export interface PlatformOAuthClient {
  server: OAuth2Server
  client: OAuth2Client
  scopes: string[]
  fetch: OAuthFetch
  allowsPlainHttp: PlainHttpRule
}

const ENDPOINTS = [
  "authorization_endpoint",
  "token_endpoint",
  "revocation_endpoint",
  "introspection_endpoint",
  "issuer",
] as const

/**
 * Endpoints that the operator has configured for a provider, for a service that
 * has moved them. They are not taken from a platform: whoever may edit one
 * could have the application's secret sent to a server of their own.
 */
const endpointsOf = (
  configured: Record<string, string> | undefined
): Partial<OAuth2Server> =>
  Object.fromEntries(
    ENDPOINTS.filter((name) => configured?.[name]).map((name) => [
      name,
      configured?.[name],
    ])
  )

/**
 * Everything that an OAuth 2 request for a platform needs: the service's
 * endpoints, the application's registration and the HTTP client.
 *
 * @param request - how long the service has to answer, in ms, by default as the
 * options say, and what aborts requests
 * @throws {ServiceError} `config_error` when the provider has no OAuth 2 or the
 * registration is not configured
 */
export const oauthClientFor = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  request: { timeoutMs?: number; signal?: AbortSignal } = {}
): Promise<PlatformOAuthClient> => {
  const { oauth2, label } = provider.description
  if (!oauth2 || row.auth_type !== "oauth2") {
    throw new ServiceError(
      "config_error",
      `${label} does not connect through OAuth. Enter its credentials in the platform's settings.`,
      { code: "oauth_not_supported" }
    )
  }

  const settings = await resolveSettings(container, provider, row)
  const scopes = scopesOf(settings, oauth2.scopes)
  const client_id = oauth2.client_metadata
    ? await metadataClientId(container, provider.description, scopes)
    : settings.client_id
  if (typeof client_id !== "string" || !client_id) {
    throw new ServiceError(
      "config_error",
      `The client ID for ${label} is not configured. Register the application with the service and enter its client ID.`,
      { code: "missing_client_id" }
    )
  }
  const { request_timeout_ms, allow_private_networks, provider_config } =
    await socialsModule(container).getOptions()

  const fetch = createServiceFetch({
    service: label,
    timeoutMs: request.timeoutMs ?? request_timeout_ms,
    signal: request.signal,
    networks: allow_private_networks,
  })
  const mayBePlain: PlainHttpRule = (url) =>
    allowsPlainHttp(url, allow_private_networks)
  const issuer = oauth2.issuer?.(settings)

  return {
    server: {
      par: oauth2.par,
      dpop: oauth2.dpop,
      ...oauth2.server(settings),
      ...(issuer && (await publishedMetadata(issuer, fetch, mayBePlain))),
      ...endpointsOf(provider_config[provider.description.identifier]),
    },
    client: {
      client_id,
      client_secret: await resolveCredential(
        container,
        provider,
        row,
        "client_secret"
      ),
    },
    scopes,
    fetch,
    // A private address that is not allowed is the guard's to refuse, in words
    // that tell the operator what to do.
    allowsPlainHttp: (url) => isPrivateAddress(url) || mayBePlain(url),
  }
}

/** How long a service's published endpoints are kept, in ms. */
const METADATA_TTL_MS = 3_600_000

/** How long they are used on when they cannot be read anew, before the next try, in ms. */
const STALE_METADATA_TTL_MS = 300_000

const published = new Map<
  string,
  { until: number; metadata: AuthorizationServerMetadata }
>()

const publishedMetadata = async (
  issuer: string,
  fetch: OAuthFetch,
  mayBePlain: PlainHttpRule
): Promise<AuthorizationServerMetadata> => {
  const known = published.get(issuer)
  if (known && Date.now() < known.until) {
    return known.metadata
  }
  try {
    const metadata = await fetchAuthorizationServerMetadata(
      issuer,
      fetch,
      mayBePlain
    )
    published.set(issuer, { until: Date.now() + METADATA_TTL_MS, metadata })
    return metadata
  } catch (error) {
    if (!known) {
      throw error
    }
    // Endpoints move seldom: refreshing must not stop with the page that names them.
    known.until = Date.now() + STALE_METADATA_TTL_MS
    return known.metadata
  }
}
