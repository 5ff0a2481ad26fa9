import type { Logger, MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import {
  type AuthorizationAnswer,
  authorizationCodeContext,
  codeVerifierContext,
} from "../../../credentials/oauth/authorization"
import { eraseAccess } from "../../../credentials/oauth/disconnect"
import { recordCredentialEvent } from "../../../credentials/state/events"
import { resolveSettings } from "../../../credentials/use/context"
import { toMedusaError } from "../../../credentials/state/failures"
import { encryptionModule, socialsModule } from "../../../credentials/modules"
import { oauthClientFor } from "../../../credentials/oauth/client"
import { finishOAuth1 } from "../../../credentials/oauth/oauth1-client"
import { getProvider } from "../../../credentials/providers"
import { grantColumns, sealTokens } from "../../../credentials/state/tokens"
import { connected } from "../../../credentials/state/transitions"
import { changeCredentials } from "../../../credentials/storage/write"
import { isServiceError, ServiceError } from "../../../errors/service-error"
import type { EnvelopeV2 } from "../../../modules/encryption/types"
import type {
  SocialOauthSessionRow,
  SocialPlatformRow,
} from "../../../modules/socials/service"
import { exchangeAuthorizationCode } from "../../../oauth/authorization-code"
import { readSignedAnswer } from "../../../oauth/signed-answer"
import type { TokenSet } from "../../../oauth/types"

export interface StoreGrantedTokensStepInput {
  session_id: string
  answer: AuthorizationAnswer
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
    { session_id, answer }: StoreGrantedTokensStepInput,
    { container }
  ) => {
    const socials = socialsModule(container)
    const session = await socials.retrieveSocialOauthSession(session_id)
    const row = await socials.retrieveSocialPlatform(session.platform_id)

    try {
      const tokens = await exchange(container, session, row, answer)
      const sealed = await sealTokens(container, row.id, tokens)
      const logger: Logger = container.resolve(ContainerRegistrationKeys.LOGGER)
      logger.info("[OAuth Callback] ✓ Tokens encrypted successfully")

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
        sealed: { refresh_token: null, ...sealed },
        columns: connected(grant, new Date()),
      }))
      await recordCredentialEvent(container, {
        platform_id: row.id,
        type: "connected",
        actor_id: answer.actor_id,
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
          actor_id: answer.actor_id,
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

const exchange = async (
  container: MedusaContainer,
  session: SocialOauthSessionRow,
  row: SocialPlatformRow,
  answer: AuthorizationAnswer
): Promise<TokenSet> => {
  if (!answer.sealed_code) {
    throw new ServiceError(
      "permission",
      answer.error === "access_denied"
        ? `Access was refused at the service. "${row.name}" stays as it was; start again with Connect if that was a mistake.`
        : `The service ended the authorization with the error "${answer.error}". "${row.name}" stays as it was.`,
      { code: answer.error ?? "no_code" }
    )
  }
  const encryption = encryptionModule(container)
  const provider = await getProvider(container, row.provider)
  const code = await encryption.decrypt(
    answer.sealed_code,
    authorizationCodeContext(answer.state_hash)
  )
  const codeVerifier = session.code_verifier_encrypted
    ? await encryption.decrypt(
        session.code_verifier_encrypted as unknown as EnvelopeV2,
        codeVerifierContext(session.id)
      )
    : undefined
  if (row.auth_type === "oauth1") {
    return finishOAuth1(container, provider, row, code, codeVerifier)
  }

  const oauth = await oauthClientFor(container, provider, row)
  const { signed_answer } = provider.description.oauth2 ?? {}
  return exchangeAuthorizationCode({
    ...oauth,
    code: signed_answer
      ? readSignedAnswer({
          parameters: new URLSearchParams(code.reveal()),
          signature_parameter: signed_answer.signature_parameter,
          expected: signed_answer.expected?.(
            await resolveSettings(container, provider, row)
          ),
          state_hash: answer.state_hash,
          client: oauth.client,
        })
      : code,
    issuer: answer.issuer ?? undefined,
    redirectUri: session.redirect_uri,
    codeVerifier,
  })
}
