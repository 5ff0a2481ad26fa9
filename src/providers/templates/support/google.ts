import { GOOGLE_REFRESH, GOOGLE_SERVER, googleScope } from "../../google/oauth"
import type { OAuth2Authentication } from "./types"

/** Google's one authorization server, for the scopes of a service. */
export const googleAuthentication = (
  scopes: readonly string[]
): OAuth2Authentication => ({
  type: "oauth2",
  ...GOOGLE_SERVER,
  scopes: scopes.map(googleScope),
  refresh: GOOGLE_REFRESH,
})
