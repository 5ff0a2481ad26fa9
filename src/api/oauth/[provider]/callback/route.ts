import { redirectToDashboard } from "../../redirect-to-dashboard"

/** The redirect URI of every service. */
export const GET = redirectToDashboard
