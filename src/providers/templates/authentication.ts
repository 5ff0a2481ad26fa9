import type { ServiceTemplate } from "./support/types"

const AUTH0_TENANT = {
  name: "tenant",
  label: "Tenant",
  help: "What stands before .auth0.com, for example acme or acme.eu.",
  multi_label: true,
}

const AUTH0_ENDPOINTS = {
  authorization_endpoint: "https://{tenant}.auth0.com/authorize",
  token_endpoint: "https://{tenant}.auth0.com/oauth/token",
  issuer: "https://{tenant}.auth0.com/",
} as const

export const AUTHENTICATION_TEMPLATES: readonly ServiceTemplate[] = [
  {
    identifier: "auth0",
    label: "Auth0",
    description: "Log-in of a person through an Auth0 tenant.",
    category: "authentication",
    docs_url: "https://auth0.com/docs/api/authentication",
    api: "https://{tenant}.auth0.com",
    settings: [AUTH0_TENANT],
    authentication: [
      {
        ...AUTH0_ENDPOINTS,
        type: "oauth2",
        revocation_endpoint: "https://{tenant}.auth0.com/oauth/revoke",
        scopes: ["openid", "profile", "email", "offline_access"],
      },
    ],
    probe: { path: "/userinfo", account: ["name", "email", "sub"] },
  },
  {
    identifier: "auth0_management",
    label: "Auth0 Management",
    description:
      "Auth0's Management API, with a machine-to-machine application.",
    category: "authentication",
    docs_url: "https://auth0.com/docs/api/management/v2",
    api: "https://{tenant}.auth0.com",
    settings: [AUTH0_TENANT],
    authentication: [
      {
        ...AUTH0_ENDPOINTS,
        type: "oauth2",
        grant: "client_credentials",
        scopes: [],
        token_parameters: { audience: "https://{tenant}.auth0.com/api/v2/" },
      },
    ],
    // Needs the permission read:clients.
    probe: { path: "/api/v2/clients?per_page=1&fields=client_id" },
    error_codes: ["errorCode"],
    error_rules: [
      { code: "insufficient_scope", errorClass: "permission" },
      { code: "too_many_requests", errorClass: "rate_limited" },
    ],
  },
  {
    identifier: "okta",
    label: "Okta",
    description: "Log-in through an Okta organisation, or its API by a token.",
    category: "authentication",
    docs_url: "https://developer.okta.com/docs/reference/core-okta-api/",
    api: "https://{subdomain}.{okta_domain}",
    settings: [
      {
        name: "subdomain",
        label: "Subdomain",
        help: "What stands before .okta.com, for example acme.",
      },
      {
        name: "okta_domain",
        label: "Domain",
        options: ["okta.com", "oktapreview.com", "okta-emea.com"],
        default: "okta.com",
      },
    ],
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint:
          "https://{subdomain}.{okta_domain}/oauth2/v1/authorize",
        token_endpoint: "https://{subdomain}.{okta_domain}/oauth2/v1/token",
        revocation_endpoint:
          "https://{subdomain}.{okta_domain}/oauth2/v1/revoke",
        issuer: "https://{subdomain}.{okta_domain}",
        scopes: ["openid", "profile", "email", "offline_access"],
        probe: {
          path: "/oauth2/v1/userinfo",
          account: ["name", "preferred_username", "sub"],
        },
      },
      {
        type: "api_key",
        in: { header: "authorization", prefix: "SSWS" },
        label: "API token",
        probe: { path: "/api/v1/users/me", account: ["profile.login", "id"] },
      },
    ],
    error_rules: [
      { code: "E0000011", errorClass: "token_invalid" },
      { code: "E0000006", errorClass: "permission" },
      { code: "E0000047", errorClass: "rate_limited" },
    ],
  },
  {
    identifier: "microsoft",
    label: "Microsoft",
    description: "A Microsoft account, through Microsoft Graph.",
    category: "authentication",
    categories: ["authentication", "communication", "storage", "email"],
    docs_url: "https://learn.microsoft.com/graph/auth-v2-user",
    api: "https://graph.microsoft.com",
    settings: [
      {
        name: "tenant",
        label: "Tenant",
        help: "The directory's ID or domain; common lets any account log in.",
        required: false,
        default: "common",
      },
    ],
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint:
          "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        token_endpoint:
          "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        scopes: ["openid", "profile", "offline_access", "User.Read"],
        // Refresh tokens rotate, and die after 90 days without use.
        refresh: { strategy: "refresh_token", keep_alive_seconds: 2_592_000 },
      },
    ],
    probe: {
      path: "/v1.0/me",
      account: ["displayName", "userPrincipalName", "id"],
    },
    error_rules: [
      { code: "InvalidAuthenticationToken", errorClass: "token_expired" },
      {
        code: /^(?:Authorization_RequestDenied|accessDenied)$/,
        errorClass: "permission",
      },
    ],
  },
]
