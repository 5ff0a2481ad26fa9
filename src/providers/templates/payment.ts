import type { ServiceTemplate } from "./support/types"

const PAYPAL_ENVIRONMENT = {
  name: "environment",
  label: "Environment",
  options: ["live", "sandbox"],
  default: "live",
  inserts: { live: "", sandbox: "sandbox." },
}

/** Same response for a merchant's own application and for a merchant who logged in. */
const PAYPAL = {
  category: "payment",
  docs_url: "https://developer.paypal.com/api/rest/",
  api: "https://api-m.{environment}paypal.com",
  settings: [PAYPAL_ENVIRONMENT],
  probe: {
    path: "/v1/identity/openidconnect/userinfo?schema=openid",
    account: ["name", "email", "user_id"],
  },
  error_codes: ["error", "name"],
} satisfies Partial<ServiceTemplate>

const PAYPAL_ENDPOINTS = {
  authorization_endpoint:
    "https://www.{environment}paypal.com/signin/authorize",
  token_endpoint: "https://api-m.{environment}paypal.com/v1/oauth2/token",
  client_auth: "client_secret_basic",
} as const

export const PAYMENT_TEMPLATES: readonly ServiceTemplate[] = [
  {
    identifier: "stripe_connect",
    label: "Stripe",
    description:
      "Card payments: your own account by its secret key, or connected accounts through Stripe Connect.",
    category: "payment",
    docs_url: "https://docs.stripe.com/connect/oauth-reference",
    api: "https://api.stripe.com",
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint: "https://connect.stripe.com/oauth/authorize",
        token_endpoint: "https://connect.stripe.com/oauth/token",
        scopes: ["read_write"],
        // Its tokens live until the account is disconnected.
        refresh: { strategy: "none" },
      },
      {
        type: "bearer",
        label: "Secret key",
        help: "A secret or restricted key, which starts with sk_ or rk_.",
      },
    ],
    probe: {
      path: "/v1/account",
      account: [
        "settings.dashboard.display_name",
        "business_profile.name",
        "email",
        "id",
      ],
    },
    error_rules: [
      { code: "account_invalid", errorClass: "token_invalid" },
      { code: "api_key_expired", errorClass: "token_expired" },
    ],
  },
  {
    ...PAYPAL,
    identifier: "paypal",
    label: "PayPal",
    description:
      "PayPal payments of your own account, with a REST application.",
    authentication: [
      {
        ...PAYPAL_ENDPOINTS,
        type: "oauth2",
        grant: "client_credentials",
        scopes: [],
      },
    ],
  },
  {
    ...PAYPAL,
    identifier: "paypal_login",
    label: "PayPal for other merchants",
    description: "PayPal on behalf of a merchant who logs in and consents.",
    authentication: [
      { ...PAYPAL_ENDPOINTS, type: "oauth2", scopes: ["openid", "email"] },
    ],
  },
  {
    identifier: "mollie",
    label: "Mollie",
    description: "European payments, by an API key or through Mollie Connect.",
    category: "payment",
    docs_url: "https://docs.mollie.com/docs/connect-overview",
    api: "https://api.mollie.com",
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint: "https://my.mollie.com/oauth2/authorize",
        token_endpoint: "https://api.mollie.com/oauth2/tokens",
        pkce: false,
        scopes: ["organizations.read", "payments.read", "payments.write"],
        probe: { path: "/v2/organizations/me", account: ["name", "id"] },
      },
      {
        type: "bearer",
        label: "API key",
        help: "It starts with live_ or test_.",
        probe: { path: "/v2/methods" },
      },
    ],
  },
  {
    identifier: "razorpay",
    label: "Razorpay",
    description: "Payments in India.",
    category: "payment",
    docs_url: "https://razorpay.com/docs/api/authentication/",
    api: "https://api.razorpay.com",
    authentication: [
      {
        type: "basic",
        user: {
          setting: {
            name: "key_id",
            label: "Key ID",
            help: "It starts with rzp_live_ or rzp_test_.",
          },
        },
        password: { credential: { name: "key_secret", label: "Key secret" } },
      },
    ],
    probe: { path: "/v1/orders?count=1" },
  },
  {
    identifier: "adyen",
    label: "Adyen",
    description: "Adyen's Management API, by an API key or through OAuth.",
    category: "payment",
    docs_url: "https://docs.adyen.com/api-explorer/Management/latest/overview",
    api: "https://management-{environment}.adyen.com",
    settings: [
      {
        name: "environment",
        label: "Environment",
        options: ["live", "test"],
        default: "live",
      },
    ],
    authentication: [
      { type: "api_key", in: { header: "x-api-key" } },
      {
        type: "oauth2",
        authorization_endpoint:
          "https://ca-{environment}.adyen.com/ca/ca/oauth/connect.shtml",
        token_endpoint: "https://oauth-{environment}.adyen.com/v1/token",
        client_auth: "client_secret_basic",
        scopes: [
          "psp.onlinepayment:write",
          "psp.accountsettings:write",
          "psp.webhook:write",
        ],
      },
    ],
    probe: { path: "/v3/me", account: ["companyName", "username"] },
    error_codes: ["errorCode"],
  },
]
