import type { MedusaContainer } from "@medusajs/framework/types"
import { ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import { buildAuthorizationUrl } from "../../oauth/oauth1/authorization-url"
import { readAuthorizationCallback } from "../../oauth/oauth1/callback"
import { requestTemporaryCredentials } from "../../oauth/oauth1/temporary-credentials"
import { exchangeVerifier } from "../../oauth/oauth1/token-credentials"
import type { OAuth1Client, OAuth1Server } from "../../oauth/oauth1/types"
import type { OAuthFetch, TokenSet } from "../../oauth/types"
import type { SocialProvider } from "../../providers/types"
import { SecretString } from "../../secrets/secret-string"
import { oauth1Registration } from "../../providers/api-authentication"
import { createProviderContext } from "../use/context"

interface PlatformOAuth1Client {
  server: OAuth1Server
  client: OAuth1Client
  fetch: OAuthFetch
}

const oauth1ClientFor = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow
): Promise<PlatformOAuth1Client> => {
  const { oauth1, label } = provider.description
  if (!oauth1) {
    throw new ServiceError(
      "config_error",
      `${label} does not connect through OAuth 1.0a. Enter its credentials in the platform's settings.`,
      { code: "oauth_not_supported" }
    )
  }
  const { settings, credential, fetch } = await createProviderContext(
    container,
    provider,
    row
  )
  const server = oauth1.server(settings)
  return {
    server,
    client: await oauth1Registration(server, settings, credential),
    // There is no token yet that could sign; the protocol does it by itself.
    fetch: (url, init) => fetch(url, { ...init, credentials: "omit" }),
  }
}

/**
 * Gets temporary credentials and the address of the service's authorization
 * page (RFC 5849, section 2.1 and 2.2). The state travels in the callback's
 * query: OAuth 1.0a has none of its own.
 */
export const beginOAuth1 = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  redirectUri: string,
  state: string
): Promise<{ location: string; scopes: string[]; verifier: string }> => {
  const oauth = await oauth1ClientFor(container, provider, row)
  const callback = new URL(redirectUri)
  callback.searchParams.set("state", state)
  const { token, token_secret } = await requestTemporaryCredentials({
    ...oauth,
    callbackUrl: callback.href,
  })
  return {
    location: buildAuthorizationUrl(oauth.server, token),
    scopes: [],
    verifier: JSON.stringify([token.reveal(), token_secret.reveal()]),
  }
}

/**
 * Exchanges what the authorization page answered for the token (RFC 5849,
 * section 2.3).
 *
 * @param code - the response's query, as the redirect URI passed it on
 * @param verifier - what {@link beginOAuth1} returned
 * @throws {ServiceError} `token_invalid` for another authorization's response
 */
export const finishOAuth1 = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  code: SecretString,
  verifier: SecretString | undefined
): Promise<TokenSet> => {
  const [token, tokenSecret] = JSON.parse(verifier?.reveal() ?? "[]")
  if (!token || !tokenSecret) {
    throw new ServiceError(
      "token_invalid",
      `The authorization of "${row.name}" was begun in another way. Start again with Connect.`,
      { code: "token_mismatch" }
    )
  }
  const granted = await exchangeVerifier({
    ...(await oauth1ClientFor(container, provider, row)),
    temporaryCredentials: {
      token: new SecretString(token),
      token_secret: new SecretString(tokenSecret),
    },
    callback: readAuthorizationCallback(new URLSearchParams(code.reveal())),
  })
  return {
    access_token: granted.token,
    token_secret: granted.token_secret,
    expires_at: null,
    refresh_token_expires_at: null,
    scopes: null,
  }
}
