import type { OAuth2Server } from "../../oauth/types"
import type { ProviderDescription, ProviderSettings } from "../types"
import { ServiceError } from "../../errors/service-error"
import { PINTEREST_ERROR_RULES } from "./error-rules"

export const PINTEREST = "Pinterest"

export const PINTEREST_SCOPES = [
  "boards:read",
  "boards:write",
  "pins:read",
  "pins:write",
  "user_accounts:read",
]

/** The address that takes the place of all of Pinterest's, without a slash at its end. */
const ownAddress = ({ base_url }: ProviderSettings): string | null =>
  typeof base_url === "string" && base_url ? base_url.replace(/\/+$/, "") : null

/** Whether pins go to the sandbox, where nobody but the account sees them. */
export const isSandbox = ({ environment }: ProviderSettings): boolean =>
  environment === "sandbox"

const apiAddress = (settings: ProviderSettings): string =>
  ownAddress(settings) ??
  (isSandbox(settings)
    ? "https://api-sandbox.pinterest.com"
    : "https://api.pinterest.com")

/** Where a pin is seen. */
export const pinAddress = (settings: ProviderSettings, id: string): string =>
  `${ownAddress(settings) ?? "https://www.pinterest.com"}/pin/${encodeURIComponent(id)}/`

/**
 * The token endpoint refuses in the API's own form. 2 is for a wrong app ID or
 * secret, and 283 for a code or refresh token that is used up, has ended, or is
 * another app's. What is not known says nothing about the grant.
 */
const standardRefusal = (
  body: Record<string, unknown>
): Record<string, unknown> => {
  if (typeof body.code !== "number" || body.access_token) {
    return body
  }
  const text = `${String(body.message ?? "")} ${String(body.data ?? "")}`
  return { error: errorOf(body.code, text) }
}

const errorOf = (code: number, text: string): string => {
  if (code === 2 || /application id|client/i.test(text)) {
    return "invalid_client"
  }
  if (/redirect/i.test(text)) {
    return "invalid_request"
  }
  if (/scope/i.test(text)) {
    return "invalid_scope"
  }
  return code === 283 ? "invalid_grant" : `code_${code}`
}

const serverOf = (settings: ProviderSettings): OAuth2Server => ({
  authorization_endpoint: `${ownAddress(settings) ?? "https://www.pinterest.com"}/oauth/`,
  token_endpoint: `${apiAddress(settings)}/v5/oauth/token`,
  client_auth: "client_secret_basic",
  // Its description knows no parameters of PKCE.
  pkce: false,
  scope_separator: ",",
  // Apps from before 25 September 2025 get a refresh token that goes on only if they ask.
  token_parameters: { continuous_refresh: "true" },
  normalize_token_response: standardRefusal,
})

/** A successful response that lacks what it must have. */
export const malformedResponse = (missing: string): ServiceError =>
  new ServiceError("transient", `${PINTEREST} answered without ${missing}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

/** An account of Pinterest's, by the consent of its owner or a token of the app's page. */
export const pinterestDescription: ProviderDescription = {
  identifier: "pinterest",
  label: PINTEREST,
  description: "Publishes images, carousels and videos as pins on your boards.",
  category: "social",
  categories: ["social"],
  auth_types: ["oauth2", "bearer"],
  credential_fields: [
    {
      name: "client_secret",
      label: "App secret key",
      required: true,
      auth_types: ["oauth2"],
      help: "At developers.pinterest.com: My apps, Manage, Configure, App secret key.",
    },
    {
      name: "access_token",
      label: "Access token",
      required: true,
      auth_types: ["bearer"],
      help: "At developers.pinterest.com: My apps, Manage, Generate access token. It ends after a day in production, and after 30 in the sandbox.",
    },
  ],
  setting_fields: [
    {
      name: "client_id",
      label: "App ID",
      required: true,
      input: "text",
      auth_types: ["oauth2"],
      help: "At developers.pinterest.com: My apps. It is a number.",
    },
    {
      name: "environment",
      label: "Environment",
      required: false,
      input: "select",
      options: ["production", "sandbox"],
      default: "production",
      help: "An app with Trial access creates pins in the sandbox alone.",
    },
    {
      name: "scopes",
      label: "Scopes",
      required: false,
      input: "text",
      auth_types: ["oauth2"],
      help: "Only for other permissions than the page about Pinterest names, as for secret boards: all of them, with spaces between them.",
    },
    {
      name: "base_url",
      label: "Address of the API",
      required: false,
      input: "url",
      help: "Only for a proxy of your own, or the simulator.",
    },
  ],
  docs_url: "https://developers.pinterest.com/docs/getting-started/set-up-app/",
  oauth2: {
    scopes: PINTEREST_SCOPES,
    // A refresh token ends 60 days after it was given, and each refresh brings another.
    refresh: { strategy: "refresh_token", keep_alive_seconds: 2_592_000 },
    server: serverOf,
  },
  api: { base_address: (settings) => `${apiAddress(settings)}/v5` },
  error_rules: PINTEREST_ERROR_RULES,
}
