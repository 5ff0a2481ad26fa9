/**
 * How each service wants to be asked, written down a second time and by hand:
 * the templates are held against it.
 */
export interface ExpectedProbe {
  /** `<identifier> <auth_type>` */
  scheme: string
  method?: "POST"
  url: string
  header: readonly [name: string, value: string] | null
  /** A successful answer, and who it says the credentials belong to. */
  answer: unknown
  account: string | null
}

/** What a person enters. Credentials are marked, to be found wherever they leak. */
export const CREDENTIALS: Readonly<Record<string, string>> = {
  access_token: "leak-access-token-1f9c",
  api_key: "4711:leak-api-key-77ab",
  api_secret: "leak-api-secret-02cd",
  secret_key: "leak-secret-key-5e5e",
  key_secret: "leak-key-secret-9a9a",
  auth_token: "leak-auth-token-c3c3",
  password: "leak-password-d4d4",
  client_secret: "leak-client-secret-e5e5",
}

/** A key that is a user name cannot have a colon. */
export const LOGIN_KEY = "leak-login-key-88ff"

export const SETTINGS: Readonly<Record<string, string>> = {
  client_id: "client-1",
  key_id: "rzp_test_1",
  account_sid: "AC123",
  phone_number_id: "106540352242922",
  username: "reports.mp-service-account",
  data_center: "us6",
  my_domain: "acme--test.sandbox",
  company_domain: "acme",
  project_id: "acme-shop",
  tenant: "acme.eu",
  subdomain: "acme",
  shop: "acme",
  company_id: "9130357",
}

/** Settings of a service that differ from the common ones. */
export const OWN_SETTINGS: Readonly<Record<string, Record<string, string>>> = {
  zoho_crm: { data_center: "eu" },
  microsoft: { tenant: "common" },
}

const bearer = ["authorization", `Bearer ${CREDENTIALS.access_token}`] as const

const basic = (user: string, password: string) =>
  [
    "authorization",
    `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`,
  ] as const

const probe = (
  scheme: string,
  url: string,
  header: ExpectedProbe["header"],
  answer: unknown,
  account: string | null,
  method?: "POST"
): ExpectedProbe => ({ scheme, url, header, answer, account, method })

const {
  api_key: key,
  api_secret,
  secret_key,
  key_secret,
  auth_token,
  password,
} = CREDENTIALS

const STRIPE = [
  "https://api.stripe.com/v1/account",
  bearer,
  { id: "acct_1", settings: { dashboard: { display_name: "Acme" } } },
  "Acme",
] as const
const PAYPAL = [
  "https://api-m.paypal.com/v1/identity/openidconnect/userinfo?schema=openid",
  bearer,
  {
    user_id: "https://www.paypal.com/webapps/auth/identity/user/1",
    name: "Acme",
  },
  "Acme",
] as const
const adyen = (header: ExpectedProbe["header"]) =>
  [
    "https://management-live.adyen.com/v3/me",
    header,
    { id: "S2-1", username: "ws@Company.Acme", companyName: "Acme" },
    "Acme",
  ] as const
const mailchimp = (header: ExpectedProbe["header"]) =>
  [
    "https://us6.api.mailchimp.com/3.0/?fields=account_name",
    header,
    { account_name: "Acme" },
    "Acme",
  ] as const
const klaviyo = (header: ExpectedProbe["header"]) =>
  [
    "https://a.klaviyo.com/api/accounts",
    header,
    {
      data: [
        {
          id: "A1",
          attributes: { contact_information: { organization_name: "Acme" } },
        },
      ],
    },
    "Acme",
  ] as const
const SLACK = [
  "https://slack.com/api/auth.test",
  bearer,
  { ok: true, team: "Acme", user: "bot" },
  "Acme",
  "POST",
] as const
const INTERCOM = [
  "https://api.intercom.io/me",
  bearer,
  { type: "admin", email: "a@acme.test", app: { name: "Acme" } },
  "Acme",
] as const
const SEGMENT = [
  "https://api.segmentapis.com/",
  bearer,
  { data: { workspace: { id: "w1", name: "Acme" } } },
  "Acme",
] as const
const HUBSPOT = [
  "https://api.hubapi.com/account-info/v3/details",
  bearer,
  { portalId: 62515 },
  "62515",
] as const
const pipedrive = (header: ExpectedProbe["header"]) =>
  [
    "https://acme.pipedrive.com/api/v1/users/me",
    header,
    { success: true, data: { name: "Ann", company_name: "Acme" } },
    "Acme",
  ] as const
const ATTIO = [
  "https://api.attio.com/v2/self",
  bearer,
  { active: true, workspace_name: "Acme" },
  "Acme",
] as const
const shopify = (header: ExpectedProbe["header"]) =>
  [
    "https://acme.myshopify.com/admin/api/2026-07/shop.json",
    header,
    { shop: { name: "Acme", domain: "acme.test" } },
    "Acme",
  ] as const

export const EXPECTED_PROBES: readonly ExpectedProbe[] = [
  probe("stripe_connect oauth2", ...STRIPE),
  probe("stripe_connect bearer", ...STRIPE),
  probe("paypal oauth2", ...PAYPAL),
  probe("paypal_login oauth2", ...PAYPAL),
  probe(
    "mollie oauth2",
    "https://api.mollie.com/v2/organizations/me",
    bearer,
    { id: "org_1", name: "Acme" },
    "Acme"
  ),
  probe(
    "mollie bearer",
    "https://api.mollie.com/v2/methods",
    bearer,
    { count: 0 },
    null
  ),
  probe(
    "razorpay basic",
    "https://api.razorpay.com/v1/orders?count=1",
    basic("rzp_test_1", key_secret),
    { count: 0, items: [] },
    null
  ),
  probe("adyen api_key", ...adyen(["x-api-key", key])),
  probe("adyen oauth2", ...adyen(bearer)),
  probe(
    "shippo api_key",
    "https://api.goshippo.com/parcel-templates?page=1&results=1",
    ["authorization", `ShippoToken ${key}`],
    { results: [] },
    null
  ),
  probe(
    "easypost basic",
    "https://api.easypost.com/v2/addresses?page_size=1",
    basic(LOGIN_KEY, ""),
    { addresses: [] },
    null
  ),
  probe(
    "shipstation basic",
    "https://ssapi.shipstation.com/users",
    basic(LOGIN_KEY, api_secret),
    [{ userName: "ann", name: "Ann" }],
    "Ann"
  ),
  probe(
    "sendgrid bearer",
    "https://api.sendgrid.com/v3/scopes",
    bearer,
    { scopes: [] },
    null
  ),
  probe(
    "resend bearer",
    "https://api.resend.com/domains?limit=1",
    bearer,
    { data: [] },
    null
  ),
  probe(
    "mailgun basic",
    "https://api.mailgun.net/v4/domains?limit=1",
    basic("api", key),
    { items: [] },
    null
  ),
  probe(
    "brevo api_key",
    "https://api.brevo.com/v3/account",
    ["api-key", key],
    { email: "a@acme.test", companyName: "Acme" },
    "Acme"
  ),
  probe(
    "mailjet basic",
    "https://api.mailjet.com/v3/REST/myprofile",
    basic(LOGIN_KEY, secret_key),
    { Data: [{ CompanyName: "", Firstname: "Ann" }] },
    "Ann"
  ),
  probe("mailchimp oauth2", ...mailchimp(bearer)),
  probe("mailchimp api_key", ...mailchimp(["authorization", `Bearer ${key}`])),
  probe(
    "klaviyo api_key",
    ...klaviyo(["authorization", `Klaviyo-API-Key ${key}`])
  ),
  probe("klaviyo oauth2", ...klaviyo(bearer)),
  probe(
    "twilio basic",
    "https://api.twilio.com/2010-04-01/Accounts/AC123/Messages.json?PageSize=1",
    basic("AC123", auth_token),
    { messages: [] },
    null
  ),
  probe(
    "whatsapp_business bearer",
    "https://graph.facebook.com/v25.0/106540352242922?fields=display_phone_number,verified_name",
    bearer,
    { id: "106540352242922", verified_name: "Acme" },
    "Acme"
  ),
  probe("slack oauth2", ...SLACK),
  probe("slack bearer", ...SLACK),
  probe("intercom oauth2", ...INTERCOM),
  probe("intercom bearer", ...INTERCOM),
  probe(
    "google_analytics oauth2",
    "https://analyticsadmin.googleapis.com/v1beta/accountSummaries?pageSize=1",
    bearer,
    { accountSummaries: [{ displayName: "Acme" }] },
    "Acme"
  ),
  probe("segment bearer", ...SEGMENT),
  probe("segment oauth2", ...SEGMENT),
  probe(
    "mixpanel basic",
    "https://mixpanel.com/api/app/me",
    basic("reports.mp-service-account", password),
    { status: "ok", results: {} },
    null
  ),
  probe(
    "amplitude basic",
    "https://amplitude.com/api/2/events/list",
    basic(LOGIN_KEY, secret_key),
    { data: [] },
    null
  ),
  probe(
    "posthog bearer",
    "https://us.posthog.com/api/users/@me/",
    bearer,
    { email: "a@acme.test", organization: { name: "Acme" } },
    "Acme"
  ),
  probe("hubspot oauth2", ...HUBSPOT),
  probe("hubspot bearer", ...HUBSPOT),
  probe(
    "salesforce oauth2",
    "https://acme--test.sandbox.my.salesforce.com/services/data/v62.0/",
    bearer,
    { sobjects: "/services/data/v62.0/sobjects" },
    null
  ),
  probe("pipedrive oauth2", ...pipedrive(bearer)),
  probe("pipedrive api_key", ...pipedrive(["x-api-token", key])),
  probe(
    "zoho_crm oauth2",
    "https://www.zohoapis.eu/crm/v6/users?type=CurrentUser",
    ["authorization", `Zoho-oauthtoken ${CREDENTIALS.access_token}`],
    { users: [{ full_name: "Ann" }] },
    "Ann"
  ),
  probe("attio oauth2", ...ATTIO),
  probe("attio bearer", ...ATTIO),
  probe(
    "dropbox oauth2",
    "https://api.dropboxapi.com/2/users/get_current_account",
    bearer,
    { name: { display_name: "Ann" } },
    "Ann",
    "POST"
  ),
  probe(
    "box oauth2",
    "https://api.box.com/2.0/users/me",
    bearer,
    { name: "Ann", login: "a@acme.test" },
    "Ann"
  ),
  probe(
    "google_drive oauth2",
    "https://www.googleapis.com/drive/v3/about?fields=user",
    bearer,
    { user: { displayName: "Ann" } },
    "Ann"
  ),
  probe(
    "google_cloud_storage oauth2",
    "https://www.googleapis.com/storage/v1/b?project=acme-shop&maxResults=1",
    bearer,
    { kind: "storage#buckets" },
    null
  ),
  probe(
    "auth0 oauth2",
    "https://acme.eu.auth0.com/userinfo",
    bearer,
    { sub: "auth0|1", name: "Ann" },
    "Ann"
  ),
  probe(
    "auth0_management oauth2",
    "https://acme.eu.auth0.com/api/v2/clients?per_page=1&fields=client_id",
    bearer,
    [{ client_id: "1" }],
    null
  ),
  probe(
    "okta oauth2",
    "https://acme.okta.com/oauth2/v1/userinfo",
    bearer,
    { sub: "1", name: "Ann" },
    "Ann"
  ),
  probe(
    "okta api_key",
    "https://acme.okta.com/api/v1/users/me",
    ["authorization", `SSWS ${key}`],
    { id: "1", profile: { login: "a@acme.test" } },
    "a@acme.test"
  ),
  probe(
    "microsoft oauth2",
    "https://graph.microsoft.com/v1.0/me",
    bearer,
    { displayName: "Ann" },
    "Ann"
  ),
  probe(
    "shopify oauth2",
    ...shopify(["x-shopify-access-token", CREDENTIALS.access_token])
  ),
  probe("shopify api_key", ...shopify(["x-shopify-access-token", key])),
  probe(
    "quickbooks oauth2",
    "https://quickbooks.api.intuit.com/v3/company/9130357/companyinfo/9130357",
    bearer,
    { CompanyInfo: { CompanyName: "Acme" } },
    "Acme"
  ),
  probe(
    "xero oauth2",
    "https://api.xero.com/connections",
    bearer,
    [{ tenantName: "Acme" }],
    "Acme"
  ),
]
