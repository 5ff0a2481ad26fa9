import type { MedusaContainer } from "@medusajs/framework/types"
import { isServiceError, ServiceError } from "../../errors/service-error"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import {
  type IntrospectedToken,
  introspectToken,
} from "../../oauth/introspection"
import type { ProviderContext, SocialProvider } from "../../providers/types"
import { canRefresh } from "../access-token/strategy"
import { oauthClientFor } from "./client"

/** What became of the question to a service's introspection endpoint. */
export interface Introspection {
  /** What it said of a token that is active; else absent. */
  introspected?: IntrospectedToken
  /** Why it says nothing good of the token, which is no verdict by itself. */
  failure?: ServiceError
}

/**
 * Asks the service what a platform's access token is worth (RFC 7662), where it
 * has an endpoint for that. Many let nobody but their own servers use it, and
 * then the question fails, or the token is called inactive although it works
 * (section 2.2): this informs, and does not decide.
 *
 * @param context - with the token to ask about
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
    return { failure: inactiveToken(provider, row) }
  }
  return { introspected }
}

/** A refresh tells whether the grant is alive, where there can be one. */
const inactiveToken = (
  { description }: SocialProvider,
  row: SocialPlatformRow
): ServiceError =>
  new ServiceError(
    canRefresh(description, row) ? "token_expired" : "permission",
    `${description.label} says that the token is not active any more.`,
    { code: "inactive_token" }
  )

const ask = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow,
  { credential, signal }: ProviderContext
): Promise<IntrospectedToken | undefined> => {
  const token = await credential("access_token")
  const oauth = await oauthClientFor(container, provider, row, { signal })
  return oauth.server.introspection_endpoint
    ? introspectToken({ ...oauth, token })
    : undefined
}
