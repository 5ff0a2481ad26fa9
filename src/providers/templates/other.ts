import type { ServiceTemplate } from "./support/types"

/** Shops and bookkeeping. */
export const OTHER_TEMPLATES: readonly ServiceTemplate[] = [
  {
    identifier: "shopify",
    label: "Shopify",
    description: "Products and orders of a Shopify shop.",
    category: "other",
    docs_url:
      "https://shopify.dev/docs/apps/build/authentication-authorization",
    api: "https://{shop}.myshopify.com",
    settings: [
      {
        name: "shop",
        label: "Shop",
        help: "What stands before .myshopify.com, for example acme.",
      },
      {
        name: "api_version",
        label: "API version",
        required: false,
        default: "2026-07",
      },
    ],
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint:
          "https://{shop}.myshopify.com/admin/oauth/authorize",
        token_endpoint: "https://{shop}.myshopify.com/admin/oauth/access_token",
        scope_separator: ",",
        scopes: ["read_products", "read_orders"],
        signed_response: {
          signature_parameter: "hmac",
          expected: { shop: "{shop}.myshopify.com" },
        },
        // An offline token lives until the application is removed.
        refresh: { strategy: "none" },
        in: { header: "x-shopify-access-token" },
      },
      {
        type: "api_key",
        in: { header: "x-shopify-access-token" },
        label: "Admin API access token",
        help: "Of a custom application; it starts with shpat_.",
      },
    ],
    probe: {
      path: "/admin/api/{api_version}/shop.json",
      account: ["shop.name", "shop.domain"],
    },
    error_rules: [{ status: 423, errorClass: "account_restricted" }],
  },
  {
    identifier: "quickbooks",
    label: "QuickBooks Online",
    description: "Invoices and customers of a QuickBooks company.",
    category: "other",
    docs_url:
      "https://developer.intuit.com/app/developer/qbo/docs/develop/authentication-and-authorization/oauth-2.0",
    api: "https://{environment}quickbooks.api.intuit.com",
    settings: [
      {
        name: "company_id",
        label: "Company ID",
        help: "Shown in QuickBooks under Account and settings, Billing; also called realm ID.",
      },
      {
        name: "environment",
        label: "Environment",
        options: ["production", "sandbox"],
        default: "production",
        inserts: { production: "", sandbox: "sandbox-" },
      },
    ],
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint: "https://appcenter.intuit.com/connect/oauth2",
        token_endpoint:
          "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
        issuer: "https://oauth.platform.intuit.com/op/v1",
        facts: [
          {
            setting: "company_id",
            from: { redirect: "realmId" },
            pattern: /^\d{1,20}$/,
            required: true,
          },
        ],
        client_auth: "client_secret_basic",
        scopes: ["com.intuit.quickbooks.accounting"],
        // Refresh tokens rotate, and die after 100 days without use.
        refresh: { strategy: "refresh_token", keep_alive_seconds: 2_592_000 },
      },
    ],
    probe: {
      path: "/v3/company/{company_id}/companyinfo/{company_id}",
      account: ["CompanyInfo.CompanyName", "CompanyInfo.LegalName"],
    },
    error_codes: ["Fault.Error.0.code", "fault.error.0.code"],
    error_rules: [
      { code: "3200", errorClass: "token_expired" },
      { code: "3100", errorClass: "permission" },
      { code: "3001", errorClass: "rate_limited" },
    ],
  },
  {
    identifier: "xero",
    label: "Xero",
    description: "Invoices and contacts of a Xero organisation.",
    category: "other",
    docs_url:
      "https://developer.xero.com/documentation/guides/oauth2/auth-flow",
    api: "https://api.xero.com",
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint:
          "https://login.xero.com/identity/connect/authorize",
        token_endpoint: "https://identity.xero.com/connect/token",
        revocation_endpoint: "https://identity.xero.com/connect/revocation",
        issuer: "https://identity.xero.com",
        client_auth: "client_secret_basic",
        scopes: ["openid", "profile", "accounting.settings", "offline_access"],
        // Refresh tokens are used once, and die after 60 days without use.
        refresh: { strategy: "refresh_token", keep_alive_seconds: 2_592_000 },
      },
    ],
    probe: { path: "/connections", account: ["0.tenantName"] },
    error_codes: ["Title"],
  },
]
