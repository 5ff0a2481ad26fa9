import type { ServiceTemplate } from "./support/types"

export const EMAIL_TEMPLATES: readonly ServiceTemplate[] = [
  {
    identifier: "sendgrid",
    label: "SendGrid",
    description: "Transactional email through SendGrid.",
    category: "email",
    docs_url:
      "https://www.twilio.com/docs/sendgrid/api-reference/how-to-use-the-sendgrid-v3-api/authentication",
    api: "https://api.sendgrid.com",
    authentication: [
      {
        type: "bearer",
        label: "API key",
        help: "It starts with SG.",
      },
    ],
    // Every key may ask for its own scopes.
    probe: { path: "/v3/scopes" },
  },
  {
    identifier: "resend",
    label: "Resend",
    description: "Transactional email through Resend.",
    category: "email",
    docs_url: "https://resend.com/docs/api-reference/introduction",
    api: "https://api.resend.com",
    authentication: [
      { type: "bearer", label: "API key", help: "It starts with re_." },
    ],
    probe: { path: "/domains?limit=1" },
    error_codes: ["name"],
    error_rules: [
      // A key for sending alone is valid, but may not be checked in this way.
      { code: "restricted_api_key", errorClass: "permission" },
      { code: "invalid_api_key", errorClass: "token_invalid" },
    ],
  },
  {
    identifier: "mailgun",
    label: "Mailgun",
    description: "Transactional email through Mailgun.",
    category: "email",
    docs_url:
      "https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth",
    api: "https://{region}.mailgun.net",
    settings: [
      {
        name: "region",
        label: "Region",
        options: ["us", "eu"],
        default: "us",
        inserts: { us: "api", eu: "api.eu" },
      },
    ],
    authentication: [
      {
        type: "basic",
        user: { text: "api" },
        password: {
          credential: {
            name: "api_key",
            label: "API key",
            help: "A key of the account, not of one domain alone.",
          },
        },
      },
    ],
    probe: { path: "/v4/domains?limit=1" },
  },
  {
    identifier: "brevo",
    label: "Brevo",
    description: "Email campaigns and transactional email through Brevo.",
    category: "email",
    categories: ["email", "sms", "crm"],
    docs_url: "https://developers.brevo.com/docs/getting-started",
    api: "https://api.brevo.com",
    authentication: [{ type: "api_key", in: { header: "api-key" } }],
    probe: { path: "/v3/account", account: ["companyName", "email"] },
  },
  {
    identifier: "mailjet",
    label: "Mailjet",
    description: "Email campaigns and transactional email through Mailjet.",
    category: "email",
    docs_url:
      "https://dev.mailjet.com/email/reference/overview/authentication/",
    api: "https://api.mailjet.com",
    authentication: [
      {
        type: "basic",
        user: { credential: { name: "api_key", label: "API key" } },
        password: { credential: { name: "secret_key", label: "Secret key" } },
      },
    ],
    probe: {
      path: "/v3/REST/myprofile",
      account: ["Data.0.CompanyName", "Data.0.Firstname"],
    },
  },
  {
    identifier: "mailchimp",
    label: "Mailchimp",
    description: "Audiences and campaigns of a Mailchimp account.",
    category: "email",
    docs_url:
      "https://mailchimp.com/developer/marketing/guides/access-user-data-oauth-2/",
    api: "https://{data_center}.api.mailchimp.com",
    settings: [
      {
        name: "data_center",
        label: "Data centre",
        help: "The part after the dash of an API key, and the beginning of the dashboard's address, for example us6.",
      },
    ],
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint: "https://login.mailchimp.com/oauth2/authorize",
        token_endpoint: "https://login.mailchimp.com/oauth2/token",
        facts: [
          {
            setting: "data_center",
            from: {
              address: "https://login.mailchimp.com/oauth2/metadata",
              scheme: "OAuth",
              member: "dc",
            },
            pattern: /^[a-z]{2,4}\d{1,3}$/,
            required: true,
          },
        ],
        scopes: [],
        // Its tokens do not expire.
        refresh: { strategy: "none" },
      },
      {
        type: "api_key",
        in: { header: "authorization", prefix: "Bearer" },
      },
    ],
    probe: {
      path: "/3.0/?fields=account_name",
      account: ["account_name"],
    },
  },
  {
    identifier: "klaviyo",
    label: "Klaviyo",
    description: "Profiles, lists and campaigns of a Klaviyo account.",
    category: "email",
    categories: ["email", "sms", "crm"],
    docs_url: "https://developers.klaviyo.com/en/docs/set_up_oauth",
    api: "https://a.klaviyo.com",
    settings: [
      {
        name: "revision",
        label: "API revision",
        help: "The date of Klaviyo's API revision.",
        required: false,
        default: "2026-04-15",
      },
    ],
    headers: { revision: "{revision}" },
    authentication: [
      {
        type: "api_key",
        in: { header: "authorization", prefix: "Klaviyo-API-Key" },
        label: "Private API key",
        help: "It starts with pk_ and needs the scope accounts:read.",
      },
      {
        type: "oauth2",
        authorization_endpoint: "https://www.klaviyo.com/oauth/authorize",
        token_endpoint: "https://a.klaviyo.com/oauth/token",
        client_auth: "client_secret_basic",
        scopes: ["accounts:read", "lists:read", "profiles:read"],
        // An unused refresh token dies after 90 days.
        refresh: { strategy: "refresh_token", keep_alive_seconds: 2_592_000 },
      },
    ],
    probe: {
      path: "/api/accounts",
      account: [
        "data.0.attributes.contact_information.organization_name",
        "data.0.id",
      ],
    },
    error_rules: [
      { code: "not_authenticated", errorClass: "token_invalid" },
      { code: "authentication_failed", errorClass: "token_invalid" },
      { code: "permission_denied", errorClass: "permission" },
      { code: "throttled", errorClass: "rate_limited" },
    ],
  },
]
