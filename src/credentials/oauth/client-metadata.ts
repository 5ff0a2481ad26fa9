import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { ServiceError } from "../../errors/service-error"
import type { ProviderDescription, SocialProvider } from "../../providers/types"
import { socialsModule } from "../modules"
import { resolveSettings } from "../use/context"
import { scopesOf } from "../../providers/scopes"
import { providerRedirectUri } from "./redirect-uri"

/*
 * The application at services that need no registration (OAuth Client ID
 * Metadata Document): its client ID is the address of a document about it, which
 * the service reads. On a developer's machine, which no service reaches, all of
 * it stands in the client ID itself (atproto.com/specs/oauth, localhost clients).
 */

const LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

const isLocal = (address: string): boolean => {
  const { protocol, hostname } = new URL(address)
  return protocol === "http:" && LOCAL_HOSTS.includes(hostname)
}

/** A redirect URI as such a service takes it: on this machine by the number of its address. */
export const redirectUriForMetadata = (redirectUri: string): string =>
  isLocal(redirectUri)
    ? redirectUri.replace("//localhost", "//127.0.0.1")
    : redirectUri

const addressesOf = async (
  container: MedusaContainer,
  { identifier }: ProviderDescription
): Promise<{ backend_url: string; redirect_uri: string } | null> => {
  const { backend_url } = await socialsModule(container).getOptions()
  const redirectUri = await providerRedirectUri(container, identifier)
  return backend_url && redirectUri
    ? { backend_url, redirect_uri: redirectUriForMetadata(redirectUri) }
    : null
}

const documentAddress = (backend_url: string, identifier: string): string =>
  `${backend_url}/oauth/${identifier}/client-metadata.json`

/**
 * The client ID of an application that is known by its document.
 *
 * @throws {ServiceError} `config_error`, code `no_public_address`
 */
export const metadataClientId = async (
  container: MedusaContainer,
  description: ProviderDescription,
  scopes: readonly string[]
): Promise<string> => {
  const addresses = await addressesOf(container, description)
  if (!addresses) {
    throw new ServiceError(
      "config_error",
      `${description.label} reads who asks at the store's own address, which is not configured. Set the plugin option "backend_url" or SOCIAL_PLATFORMS_BACKEND_URL.`,
      { code: "no_public_address" }
    )
  }
  const { backend_url, redirect_uri } = addresses
  if (!isLocal(backend_url)) {
    return documentAddress(backend_url, description.identifier)
  }
  const query = new URLSearchParams({ redirect_uri, scope: scopes.join(" ") })
  return `http://localhost?${query}`
}

/**
 * The document about the application, for a provider whose service reads one.
 *
 * @throws {MedusaError} NOT_FOUND where there is none
 */
export const clientMetadata = async (
  container: MedusaContainer,
  provider: SocialProvider
): Promise<Record<string, unknown>> => {
  const { description } = provider
  const { oauth2, identifier } = description
  const addresses = oauth2?.client_metadata
    ? await addressesOf(container, description)
    : null
  if (!oauth2 || !addresses) {
    throw new MedusaError(
      MedusaError.Types.NOT_FOUND,
      `There is no document about the application for ${description.label}.`
    )
  }
  const { backend_url, redirect_uri } = addresses
  const settings = await resolveSettings(container, provider, {
    api_config: {},
    base_url: null,
  })
  return {
    client_id: documentAddress(backend_url, identifier),
    client_name: `Store at ${new URL(backend_url).host}`,
    client_uri: backend_url,
    application_type: "web",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    redirect_uris: [redirect_uri],
    scope: scopesOf(settings, oauth2.scopes).join(" "),
    token_endpoint_auth_method: "none",
    dpop_bound_access_tokens: !!oauth2.dpop,
  }
}
