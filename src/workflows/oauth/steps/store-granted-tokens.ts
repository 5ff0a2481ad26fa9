import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import {
  type AuthorizationResponse,
  authorizationCodeContext,
  codeVerifierContext,
  readExchangeSecrets,
} from "../../../credentials/oauth/authorization"
import {
  factsOfGrant,
  tokenMembers,
  type ToldSettings,
} from "../../../credentials/oauth/connection-facts"
import { eraseAccess } from "../../../credentials/oauth/disconnect"
import { recordCredentialEvent } from "../../../credentials/state/events"
import {
  createProviderContext,
  resolveSettings,
} from "../../../credentials/use/context"
import { toMedusaError } from "../../../credentials/state/failures"
import { encryptionModule, socialsModule } from "../../../credentials/modules"
import { oauthClientFor } from "../../../credentials/oauth/client"
import { requireSubject } from "../../../credentials/oauth/subject"
import { finishOAuth1 } from "../../../credentials/oauth/oauth1-client"
import { getProvider } from "../../../credentials/providers"
import { grantColumns, secretsOf } from "../../../credentials/state/tokens"
import { connected } from "../../../credentials/state/transitions"
import { changeCredentials } from "../../../credentials/storage/write"
import { isServiceError, ServiceError } from "../../../errors/service-error"
import type { EnvelopeV2 } from "../../../modules/encryption/types"
import type {
  SocialOauthSessionRow,
  SocialPlatformRow,
} from "../../../modules/socials/rows"
import { exchangeAuthorizationCode } from "../../../oauth/authorization-code"
import type { SocialProvider } from "../../../providers/types"
import { readSignedResponse } from "../../../oauth/signed-response"
import type { TokenSet } from "../../../oauth/types"

export interface StoreGrantedTokensStepInput {
  session_id: string
  response: AuthorizationResponse
}

export const storeGrantedTokensStepId = "store-granted-tokens"

/**
 * Exchanges the authorization code and stores the tokens, sealed, in one step:
 * they never leave it. Compensation erases them again, unless somebody has
 * connected the platform anew since.
 */
export const storeGrantedTokensStep = createStep(
  storeGrantedTokensStepId,
  async (
    { session_id, response }: StoreGrantedTokensStepInput,
    { container }
  ) => {
    const socials = socialsModule(container)
    const session = await socials.retrieveSocialOauthSession(session_id)
    const row = await socials.retrieveSocialPlatform(session.platform_id)

    try {
      const { tokens, settings } = await exchange(
        container,
        session,
        row,
        response
      )
      const provider = await getProvider(container, row.provider)
      const grant = await grantColumns(
        container,
        provider,
        row,
        tokens,
        session.scopes as string[]
      )
      const version = await changeCredentials(container, row.id, async () => ({
        // A grant without a refresh token must not keep the one of an older grant.
        secrets: { refresh_token: null, ...secretsOf(tokens) },
        settings,
        columns: connected(grant, new Date()),
      }))
      const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
      logger.info("[OAuth Callback] ✓ Tokens encrypted successfully")
      await recordCredentialEvent(container, {
        platform_id: row.id,
        type: "connected",
        actor_id: response.actor_id,
        details: { scopes: tokens.scopes ?? session.scopes },
      })
      return new StepResponse(
        { platform_id: row.id },
        { platform_id: row.id, version }
      )
    } catch (error) {
      if (isServiceError(error)) {
        await recordCredentialEvent(container, {
          platform_id: row.id,
          type: "connection_refused",
          actor_id: response.actor_id,
          details: { class: error.errorClass, code: error.code },
        })
      }
      throw toMedusaError(error)
    }
  },
  async (compensation, { container }) => {
    if (!compensation || compensation.version === null) {
      return
    }
    await eraseAccess(container, compensation.platform_id, compensation.version)
  }
)

/** What a service gave for the code, and what it told with it. */
interface Grant {
  tokens: TokenSet
  settings: ToldSettings
}

/** Why there is no code, in a sentence. */
const refusedAuthorization = async (
  container: MedusaContainer,
  row: SocialPlatformRow,
  error: string | null | undefined
): Promise<ServiceError> => {
  const provider = await getProvider(container, row.provider)
  const settings = await resolveSettings(container, provider, row)
  const own = provider.description.oauth2?.server(settings).token_refusals
  const stays = `"${row.name}" stays as it was`
  const sentences: Record<string, string> = {
    access_denied: `Access was refused at the service. ${stays}; start again with Connect if that was a mistake.`,
    invalid_scope: `The service does not let the application ask for all that "${row.name}" needs (${error}). Give the application more permissions there, or have the platform ask for less in its settings. ${stays}.`,
  }
  return new ServiceError(
    "permission",
    sentences[own?.codes[error ?? ""] ?? error ?? ""] ??
      `The service ended the authorization with the error "${error}". ${stays}.`,
    { code: error ?? "no_code" }
  )
}

const exchange = async (
  container: MedusaContainer,
  session: SocialOauthSessionRow,
  platform: SocialPlatformRow,
  response: AuthorizationResponse
): Promise<Grant> => {
  // What came with the redirect may say where the code is to be exchanged.
  const row = {
    ...platform,
    api_config: { ...platform.api_config, ...response.told_settings },
  }
  if (!response.sealed_code) {
    throw await refusedAuthorization(container, row, response.error)
  }
  const encryption = encryptionModule(container)
  // A code can be used once: what it is exchanged for must find its key.
  await encryption.assertCanSeal()
  const provider = await getProvider(container, row.provider)
  const code = await encryption.decrypt(
    response.sealed_code,
    authorizationCodeContext(response.state_hash)
  )
  const kept = session.code_verifier_encrypted
    ? await encryption.decrypt(
        session.code_verifier_encrypted as unknown as EnvelopeV2,
        codeVerifierContext(session.id)
      )
    : undefined
  if (row.auth_type === "oauth1") {
    return {
      tokens: await finishOAuth1(container, provider, row, code, kept),
      settings: {},
    }
  }

  const oauth = await oauthClientFor(container, provider, row)
  const { signed_response } = provider.description.oauth2 ?? {}
  const settings = await resolveSettings(container, provider, row)
  const granted = await exchangeAuthorizationCode({
    ...oauth,
    code: signed_response
      ? readSignedResponse({
          parameters: new URLSearchParams(code.reveal()),
          signature_parameter: signed_response.signature_parameter,
          expected: signed_response.expected?.(settings),
          state_hash: response.state_hash,
          client: oauth.client,
        })
      : code,
    issuer: response.issuer ?? undefined,
    redirectUri: session.redirect_uri,
    ...readExchangeSecrets(kept),
    members: tokenMembers(provider.description),
  })
  requireSubject(provider, settings, granted)
  const tokens = await toKeep(container, provider, row, granted)
  return {
    tokens,
    settings: {
      ...response.told_settings,
      ...(await factsOfGrant(
        provider.description,
        granted,
        settings,
        oauth.fetch
      )),
    },
  }
}

/** What is kept of a grant: longer-lived tokens, where its service has them. */
const toKeep = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  granted: TokenSet
): Promise<TokenSet> => {
  if (!provider.extendGrant) {
    return granted
  }
  const context = await createProviderContext(container, provider, row, {
    accessToken: granted.access_token,
  })
  const tokens = await provider.extendGrant(context, granted)
  return { ...tokens, scopes: tokens.scopes ?? granted.scopes }
}
