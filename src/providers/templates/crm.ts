import type { ServiceTemplate } from "./support/types"

export const CRM_TEMPLATES: readonly ServiceTemplate[] = [
  {
    identifier: "hubspot",
    label: "HubSpot",
    description: "Contacts, companies and deals of a HubSpot account.",
    category: "crm",
    docs_url:
      "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/overview",
    api: "https://api.hubapi.com",
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint: "https://app.hubspot.com/oauth/authorize",
        token_endpoint: "https://api.hubapi.com/oauth/v1/token",
        scopes: ["oauth", "crm.objects.contacts.read"],
      },
      {
        type: "bearer",
        label: "Access token of a private app",
        help: "It starts with pat-.",
      },
    ],
    probe: {
      path: "/account-info/v3/details",
      account: ["portalId"],
    },
    error_codes: ["category"],
    error_rules: [
      { code: "EXPIRED_AUTHENTICATION", errorClass: "token_expired" },
      { code: "INVALID_AUTHENTICATION", errorClass: "token_invalid" },
      { code: "MISSING_SCOPES", errorClass: "permission" },
      { code: "RATE_LIMITS", errorClass: "rate_limited" },
    ],
  },
  {
    identifier: "salesforce",
    label: "Salesforce",
    description: "Records of a Salesforce organisation.",
    category: "crm",
    docs_url:
      "https://help.salesforce.com/s/articleView?id=xcloud.remoteaccess_oauth_web_server_flow.htm",
    api: "https://{my_domain}.my.salesforce.com",
    settings: [
      {
        name: "my_domain",
        label: "My Domain",
        help: "Only for a sandbox, or where people log in at your own domain: what stands before .my.salesforce.com, for example acme--test.sandbox.",
        required: false,
        multi_label: true,
      },
      {
        name: "api_version",
        label: "API version",
        required: false,
        default: "v62.0",
      },
    ],
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint:
          "https://{my_domain}.my.salesforce.com/services/oauth2/authorize",
        token_endpoint:
          "https://{my_domain}.my.salesforce.com/services/oauth2/token",
        revocation_endpoint:
          "https://{my_domain}.my.salesforce.com/services/oauth2/revoke",
        before_connecting: {
          authorization_endpoint:
            "https://login.salesforce.com/services/oauth2/authorize",
          token_endpoint: "https://login.salesforce.com/services/oauth2/token",
        },
        facts: [
          {
            setting: "my_domain",
            from: { token_response: "instance_url" },
            pattern:
              /^https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)*)\.my\.salesforce\.com$/i,
            required: true,
          },
        ],
        scopes: ["api", "refresh_token"],
      },
    ],
    probe: { path: "/services/data/{api_version}/" },
    error_rules: [
      // Its tokens name no lifetime: only a call shows that a session is over.
      { code: "INVALID_SESSION_ID", errorClass: "token_expired" },
      { code: "REQUEST_LIMIT_EXCEEDED", errorClass: "rate_limited" },
      {
        code: /^(?:API_DISABLED_FOR_ORG|INSUFFICIENT_ACCESS)$/,
        errorClass: "permission",
      },
      { code: "SERVER_UNAVAILABLE", errorClass: "transient" },
    ],
  },
  {
    identifier: "pipedrive",
    label: "Pipedrive",
    description: "Deals, persons and organisations of a Pipedrive company.",
    category: "crm",
    docs_url:
      "https://pipedrive.readme.io/docs/marketplace-oauth-authorization",
    api: "https://{company_domain}.pipedrive.com",
    settings: [
      {
        name: "company_domain",
        label: "Company domain",
        help: "What stands before .pipedrive.com, for example acme.",
      },
    ],
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint: "https://oauth.pipedrive.com/oauth/authorize",
        token_endpoint: "https://oauth.pipedrive.com/oauth/token",
        client_auth: "client_secret_basic",
        facts: [
          {
            setting: "company_domain",
            from: { token_response: "api_domain" },
            pattern: /^https:\/\/([a-z0-9-]+)\.pipedrive\.com$/i,
            required: true,
          },
        ],
        // The application's registration decides.
        scopes: [],
        // A refresh token that is not used for 60 days dies.
        refresh: { strategy: "refresh_token", keep_alive_seconds: 2_592_000 },
      },
      {
        type: "api_key",
        in: { header: "x-api-token" },
        label: "Personal API token",
      },
    ],
    probe: {
      path: "/api/v1/users/me",
      account: ["data.company_name", "data.name"],
      refusal: ({ success }) => (success === false ? "refused" : undefined),
    },
  },
  {
    identifier: "zoho_crm",
    label: "Zoho CRM",
    description: "Leads, contacts and deals of Zoho CRM.",
    category: "crm",
    docs_url:
      "https://www.zoho.com/crm/developer/docs/api/v6/oauth-overview.html",
    api: "https://www.zohoapis.{data_center}",
    settings: [
      {
        name: "data_center",
        label: "Data centre",
        help: "Where the application is registered. Whose data are elsewhere is asked there.",
        required: false,
        options: ["com", "eu", "in", "com.au", "com.cn", "jp"],
        default: "com",
      },
    ],
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint:
          "https://accounts.zoho.{data_center}/oauth/v2/auth",
        token_endpoint: "https://accounts.zoho.{data_center}/oauth/v2/token",
        facts: [
          {
            setting: "data_center",
            // The code is exchanged there, and nowhere else.
            from: { redirect: "accounts-server" },
            pattern:
              /^https:\/\/accounts\.zoho\.(com|eu|in|com\.au|com\.cn|jp)$/,
            required: true,
          },
        ],
        scope_separator: ",",
        scopes: ["ZohoCRM.users.READ", "ZohoCRM.modules.ALL"],
        authorization_parameters: {
          access_type: "offline",
          prompt: "consent",
        },
        in: { header: "authorization", prefix: "Zoho-oauthtoken" },
      },
    ],
    probe: {
      path: "/crm/v6/users?type=CurrentUser",
      account: ["users.0.full_name", "users.0.email"],
    },
    error_rules: [
      { code: "INVALID_TOKEN", errorClass: "token_expired" },
      { code: "AUTHENTICATION_FAILURE", errorClass: "token_invalid" },
      {
        code: /^(?:OAUTH_SCOPE_MISMATCH|NO_PERMISSION)$/,
        errorClass: "permission",
      },
      { code: "TOO_MANY_REQUESTS", errorClass: "rate_limited" },
    ],
  },
  {
    identifier: "attio",
    label: "Attio",
    description: "Records and lists of an Attio workspace.",
    category: "crm",
    docs_url: "https://docs.attio.com/rest-api/guides/authentication",
    api: "https://api.attio.com",
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint: "https://app.attio.com/authorize",
        token_endpoint: "https://app.attio.com/oauth/token",
        // The application's registration decides.
        scopes: [],
      },
      { type: "bearer", label: "API key" },
    ],
    probe: {
      path: "/v2/self",
      account: ["workspace_name", "workspace_slug"],
      refusal: ({ active }) =>
        active === false ? "inactive_token" : undefined,
    },
    error_rules: [{ code: "inactive_token", errorClass: "token_invalid" }],
  },
]
