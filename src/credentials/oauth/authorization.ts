import type { MedusaContainer } from "@medusajs/framework/types"
import { generateEntityId, MedusaError } from "@medusajs/framework/utils"
import type { EncryptionContext } from "../../modules/encryption/envelope/context"
import type { EnvelopeV2 } from "../../modules/encryption/types"
import {
  buildAuthorizationUrl,
  generateCodeVerifier,
  pushAuthorizationRequest,
} from "../../oauth/authorization-url"
import { generateDpopKey } from "../../oauth/dpop"
import {
  generateState,
  hashState,
  OAUTH_SESSION_TTL_MS,
} from "../../oauth/state"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import type { SocialProvider } from "../../providers/types"
import { encryptionModule, socialsModule } from "../modules"
import { SecretString } from "../../secrets/secret-string"
import { oauthClientFor } from "./client"
import { redirectUriForMetadata } from "./client-metadata"
import { factsOfRedirect, type ToldSettings } from "./connection-facts"
import { beginOAuth1 } from "./oauth1-client"
import { needsNoConsent } from "../access-token/strategy"
import { getProvider } from "../providers"
import { platformRedirectUri } from "./redirect-uri"
import { discoverSettings, ensureRegistration } from "./registration"

const SESSION_CONTEXT_TABLE = "social_oauth_session"

/** What the envelope of a session's PKCE verifier is bound to. */
export const codeVerifierContext = (sessionId: string): EncryptionContext => ({
  table: SESSION_CONTEXT_TABLE,
  field: "code_verifier",
  rowId: sessionId,
})

/** What the envelope of an authorization code is bound to, on its way to the exchange. */
export const authorizationCodeContext = (
  stateHash: string
): EncryptionContext => ({
  table: SESSION_CONTEXT_TABLE,
  field: "authorization_code",
  rowId: stateHash,
})

/** A pending authorization as it is stored: no state, no verifier in the clear. */
export interface AuthorizationSession {
  id: string
  state_hash: string
  platform_id: string
  provider: string
  actor_id: string
  redirect_uri: string
  scopes: string[]
  code_verifier_encrypted: EnvelopeV2 | null
  expires_at: Date
}

/**
 * Makes a new authorization: the address to send the browser to, and what must
 * be stored before it goes there. Where the provider registers the application
 * by itself, the platform gets its registration now.
 *
 * @param actorId - the admin who asks, and the only one who may finish it
 * @throws {MedusaError} when the platform is not of this provider or the
 * dashboard's address is not configured
 * @throws {ServiceError} `config_error` when the application is not registered
 */
export const prepareAuthorization = async (
  container: MedusaContainer,
  input: { provider: string; platformId: string; actorId: string }
): Promise<{ location: string; session: AuthorizationSession }> => {
  const row = await socialsModule(container).retrieveSocialPlatform(
    input.platformId
  )
  if (row.provider !== input.provider) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `Platform ${row.id} belongs to provider "${row.provider}", not to "${input.provider}". Start its authorization at /admin/oauth/${row.provider}.`
    )
  }
  const provider = await getProvider(container, row.provider)
  if (needsNoConsent(provider.description, row.auth_type)) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `${provider.description.label} gives access to the application itself, so nobody has to consent. Test the connection instead: that gets the first token.`
    )
  }
  const configured = await platformRedirectUri(container, provider, row)
  if (!configured) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      'The dashboard\'s address is not configured. Set the plugin option "admin_url" or SOCIAL_PLATFORMS_ADMIN_URL, for example to https://store.example.com/app.'
    )
  }

  const redirectUri = provider.description.oauth2?.client_metadata
    ? redirectUriForMetadata(configured)
    : configured
  const state = generateState()
  const { location, scopes, verifier } =
    row.auth_type === "oauth1"
      ? await beginOAuth1(container, provider, row, redirectUri, state)
      : await beginOAuth2(
          container,
          provider,
          await ensureRegistration(
            container,
            provider,
            await discoverSettings(container, provider, row),
            redirectUri,
            input.actorId
          ),
          redirectUri,
          state
        )
  const id = generateEntityId(undefined, "soauth")
  return {
    location,
    session: {
      id,
      state_hash: hashState(state),
      platform_id: row.id,
      provider: row.provider,
      actor_id: input.actorId,
      redirect_uri: redirectUri,
      scopes,
      code_verifier_encrypted: verifier
        ? await encryptionModule(container).encrypt(
            verifier,
            codeVerifierContext(id)
          )
        : null,
      expires_at: new Date(Date.now() + OAUTH_SESSION_TTL_MS),
    },
  }
}

/** Where to send the browser, and the secret that the response will need. */
interface BegunAuthorization {
  location: string
  scopes: string[]
  verifier: string | undefined
}

const beginOAuth2 = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  redirectUri: string,
  state: string
): Promise<BegunAuthorization> => {
  const oauth = await oauthClientFor(container, provider, row)
  const { server, client, scopes } = oauth
  const codeVerifier = server.pkce ? generateCodeVerifier() : undefined
  const dpopKey = server.dpop ? await generateDpopKey() : undefined
  const request = {
    ...oauth,
    clientId: client.client_id,
    redirectUri,
    scopes,
    state,
    codeVerifier,
    dpopKey,
  }
  return {
    location: await (server.par
      ? pushAuthorizationRequest(request)
      : buildAuthorizationUrl(request)),
    scopes,
    verifier: dpopKey
      ? JSON.stringify({ codeVerifier, dpopKey: dpopKey.reveal() })
      : codeVerifier,
  }
}

/**
 * What an authorization keeps for its exchange: the PKCE verifier, and the key
 * that the tokens are to be bound to.
 *
 * @param opened - as it was sealed with the session
 */
export const readExchangeSecrets = (
  opened: SecretString | undefined
): { codeVerifier?: SecretString; dpopKey?: SecretString } => {
  // A verifier has no braces (RFC 7636, section 4.1).
  if (!opened?.reveal().startsWith("{")) {
    return { codeVerifier: opened }
  }
  const { codeVerifier, dpopKey } = JSON.parse(opened.reveal())
  return {
    ...(codeVerifier && { codeVerifier: new SecretString(codeVerifier) }),
    dpopKey: new SecretString(dpopKey),
  }
}

/** An authorization response as it may travel through a workflow: state hashed, code sealed. */
export interface AuthorizationResponse {
  provider: string
  actor_id: string
  state_hash: string
  sealed_code: EnvelopeV2 | null
  error: string | null
  issuer: string | null
  /** The platform of a redirect URI of its own, at which the response arrived. */
  redirect_platform_id: string | null
  /** Settings that the service told with the redirect. */
  told_settings: ToldSettings
}

/**
 * Hashes the state and seals the code of an authorization response.
 *
 * @throws {ServiceError} `config_error` for a told setting that cannot be one
 */
export const prepareAuthorizationResponse = async (
  container: MedusaContainer,
  response: {
    provider: string
    actorId: string
    state: string
    code?: string
    error?: string
    iss?: string
    /** The platform in the path of the redirect URI at which it arrived. */
    platformId?: string
    /** Other parameters of the redirect, as a query. */
    parameters?: string
  }
): Promise<AuthorizationResponse> => {
  const stateHash = hashState(response.state)
  return {
    provider: response.provider,
    actor_id: response.actorId,
    state_hash: stateHash,
    sealed_code: response.code
      ? await encryptionModule(container).encrypt(
          response.code,
          authorizationCodeContext(stateHash)
        )
      : null,
    error: response.error ?? null,
    issuer: response.iss ?? null,
    redirect_platform_id: response.platformId ?? null,
    told_settings: response.parameters
      ? factsOfRedirect(
          (await getProvider(container, response.provider)).description,
          new URLSearchParams(response.parameters)
        )
      : {},
  }
}
