import type { TokenRefusals } from "../../oauth/types"
import type { ServiceTemplate } from "./support/types"

/** Slack answers refusals with HTTP 200 and names of its own. */
const SLACK_REFUSALS: TokenRefusals = {
  success_member: "ok",
  codes: {
    invalid_auth: "invalid_grant",
    token_revoked: "invalid_grant",
    token_expired: "invalid_grant",
    invalid_refresh_token: "invalid_grant",
    account_inactive: "invalid_grant",
    authorization_not_found: "invalid_grant",
    invalid_code: "invalid_grant",
    code_already_used: "invalid_grant",
    bad_client_secret: "invalid_client",
    invalid_client_id: "invalid_client",
    bad_redirect_uri: "invalid_request",
    invalid_grant_type: "unsupported_grant_type",
    oauth_authorization_url_mismatch: "invalid_request",
    access_denied: "access_denied",
    ratelimited: "slow_down",
    rate_limited: "slow_down",
    service_unavailable: "temporarily_unavailable",
    fatal_error: "server_error",
    internal_error: "server_error",
  },
}

export const COMMUNICATION_TEMPLATES: readonly ServiceTemplate[] = [
  {
    identifier: "slack",
    label: "Slack",
    description: "Messages to the channels of a Slack workspace.",
    category: "communication",
    docs_url: "https://docs.slack.dev/authentication/installing-with-oauth",
    api: "https://slack.com",
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint: "https://slack.com/oauth/v2/authorize",
        token_endpoint: "https://slack.com/api/oauth.v2.access",
        pkce: false,
        scope_separator: ",",
        scopes: ["chat:write", "channels:read"],
        token_refusals: SLACK_REFUSALS,
        facts: [
          {
            setting: "team_id",
            from: { token_response: "team.id" },
            pattern: /^[TE][A-Z0-9]{5,20}$/,
          },
        ],
      },
      { type: "bearer", label: "Bot token", help: "It starts with xoxb-." },
    ],
    probe: {
      path: "/api/auth.test",
      method: "POST",
      account: ["team", "user"],
      refusal: ({ ok, error }) =>
        ok === false ? String(error ?? "refused") : undefined,
    },
    error_rules: [
      {
        code: /^(?:invalid_auth|token_revoked|not_authed|account_inactive)$/,
        errorClass: "token_invalid",
      },
      { code: "token_expired", errorClass: "token_expired" },
      {
        code: /^(?:missing_scope|no_permission|not_allowed_token_type|access_denied|ekm_access_denied|enterprise_is_restricted|team_access_not_granted)$/,
        errorClass: "permission",
      },
      {
        code: /^(?:ratelimited|rate_limited)$/,
        errorClass: "rate_limited",
      },
      {
        code: /^(?:org_login_required|accesslimited)$/,
        errorClass: "account_restricted",
      },
    ],
  },
  {
    identifier: "intercom",
    label: "Intercom",
    description: "Conversations and contacts of an Intercom workspace.",
    category: "communication",
    categories: ["communication", "crm"],
    docs_url:
      "https://developers.intercom.com/docs/build-an-integration/learn-more/authentication",
    api: "https://api.{region}intercom.io",
    settings: [
      {
        name: "region",
        label: "Region",
        options: ["us", "eu", "au"],
        default: "us",
        inserts: { us: "", eu: "eu.", au: "au." },
      },
    ],
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint: "https://app.intercom.com/oauth",
        token_endpoint: "https://api.intercom.io/auth/eagle/token",
        scopes: [],
        // Its tokens live until the application is removed.
        refresh: { strategy: "none" },
      },
      { type: "bearer", help: "Of your own workspace." },
    ],
    probe: { path: "/me", account: ["app.name", "name", "email"] },
    error_rules: [
      {
        code: /^(?:unauthorized|token_(?:revoked|unauthorized|not_found|blocked))$/,
        errorClass: "token_invalid",
      },
      {
        code: /^(?:forbidden|api_plan_restricted|action_forbidden)$/,
        errorClass: "permission",
      },
      { code: "token_suspended", errorClass: "account_restricted" },
      { code: "rate_limit_exceeded", errorClass: "rate_limited" },
    ],
  },
]
