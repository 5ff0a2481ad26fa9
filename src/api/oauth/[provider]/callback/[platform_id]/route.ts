import { redirectToDashboard } from "../../../redirect-to-dashboard"

/** The redirect URI of a platform at an authorization server of its own. */
export const GET = redirectToDashboard
