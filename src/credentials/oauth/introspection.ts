import type { MedusaContainer } from "@medusajs/framework/types"
import { isServiceError, ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/service"
import {
  type IntrospectedToken,
  introspectToken,
} from "../../oauth/introspection"
import type { ProviderContext, SocialProvider } from "../../providers/types"
import { oauthClientFor } from "./client"

/** What became of the question to a service's introspection endpoint. */
export interface Introspection {
  /** Absent where the service has no such endpoint, or did not answer. */
  introspected?: IntrospectedToken
  /** Why it did not answer. It says nothing about the token. */
  failure?: ServiceError
}

/**
 * Asks the service what a platform's access token is worth (RFC 7662), where it
 * has an endpoint for that. Many let nobody but their own servers use it, so a
 * question that fails is no verdict.
 *
 * @param context - with the token to ask about
 * @throws {ServiceError} `token_invalid` when the service says that it is not active
 */
export const introspectAccess = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  context: ProviderContext
): Promise<Introspection> => {
  if (row.auth_type !== "oauth2") {
    return {}
  }
  const introspected = await ask(container, provider, row, context).catch(
    (error: unknown) => {
      if (isServiceError(error)) {
        return error
      }
      throw error
    }
  )
  if (isServiceError(introspected)) {
    return { failure: introspected }
  }
  if (introspected?.active === false) {
    throw new ServiceError(
      "token_invalid",
      `${provider.description.label} says that the token is not active any more.`,
      { code: "inactive_token" }
    )
  }
  return { introspected }
}

const ask = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  { credential, signal }: ProviderContext
): Promise<IntrospectedToken | undefined> => {
  const token = await credential("access_token")
  const oauth = await oauthClientFor(container, provider, row, signal)
  return oauth.server.introspection_endpoint
    ? introspectToken({ ...oauth, token })
    : undefined
}
