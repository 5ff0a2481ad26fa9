import type { ErrorRule } from "../http/classify"
import type { OAuth2Server } from "../oauth/types"
import type { AuthType } from "../shared/enums"
import type {
  ApiDescription,
  LoginPart,
  RequestAuthentication,
} from "./api-description"
import { textAt } from "./api-errors"
import {
  apiAddress,
  fillAddress,
  placeholdersOf,
} from "./templates/support/address"
import type {
  Authentication,
  BasicPart,
  OAuth2Authentication,
  ServiceTemplate,
  TemplateField,
  TemplateSetting,
} from "./templates/support/types"
import type {
  CredentialField,
  ProviderContext,
  ProviderDescription,
  ProviderSettings,
  SettingField,
  SocialProvider,
} from "./types"

interface SchemeFields {
  credentials: TemplateField[]
  settings: TemplateSetting[]
}

const fieldsOfPart = (part: BasicPart): SchemeFields => ({
  credentials: "credential" in part ? [part.credential] : [],
  settings: "setting" in part ? [part.setting] : [],
})

/** What a person enters for one way to authenticate. */
const fieldsOfScheme = (scheme: Authentication): SchemeFields => {
  switch (scheme.type) {
    case "bearer":
    case "api_key": {
      const { type, help, label } = scheme
      const field =
        type === "bearer"
          ? { name: "access_token", label: label ?? "Access token" }
          : { name: "api_key", label: label ?? "API key" }
      return { credentials: [{ ...field, help }], settings: [] }
    }
    case "basic": {
      const parts = [scheme.user, scheme.password].map(fieldsOfPart)
      return {
        credentials: parts.flatMap(({ credentials }) => credentials),
        settings: parts.flatMap(({ settings }) => settings),
      }
    }
    case "oauth2":
      return {
        credentials: [
          {
            name: "client_secret",
            label: "Client secret",
            help: "From the application's registration at the service.",
          },
        ],
        settings: [{ name: "client_id", label: "Client ID" }],
      }
  }
}

/** Every setting that an address may insert. */
const insertable = ({
  settings = [],
  authentication,
}: ServiceTemplate): TemplateSetting[] => [
  ...settings,
  ...authentication.flatMap((scheme) => fieldsOfScheme(scheme).settings),
]

/** Without a list a field is for every authentication type. */
const forTypes = (
  { authentication }: ServiceTemplate,
  type: AuthType
): { auth_types?: AuthType[] } =>
  authentication.length > 1 ? { auth_types: [type] } : {}

const credentialFields = (template: ServiceTemplate): CredentialField[] =>
  template.authentication.flatMap((scheme) =>
    fieldsOfScheme(scheme).credentials.map((field) => ({
      ...field,
      required: true,
      ...forTypes(template, scheme.type),
    }))
  )

const toSettingField = ({
  required = true,
  input,
  inserts: _inserts,
  multi_label: _multiLabel,
  ...field
}: TemplateSetting): SettingField => ({
  ...field,
  required,
  input: input ?? (field.options ? "select" : "text"),
})

/**
 * The ways to authenticate for which a person enters a setting: not the one in
 * which the service tells it, unless that cannot begin without it.
 */
const typesThatAsk = (
  { authentication }: ServiceTemplate,
  { name }: TemplateSetting
): AuthType[] =>
  authentication
    .filter(
      (scheme) =>
        scheme.type !== "oauth2" ||
        !scheme.facts?.some(({ setting }) => setting === name) ||
        [scheme.authorization_endpoint, scheme.token_endpoint].some((address) =>
          placeholdersOf(address).includes(name)
        )
    )
    .map(({ type }) => type)

const sharedFields = (template: ServiceTemplate): SettingField[] =>
  (template.settings ?? []).flatMap((setting) => {
    const types = typesThatAsk(template, setting)
    if (!types.length) {
      return []
    }
    return types.length === template.authentication.length
      ? [toSettingField(setting)]
      : [{ ...toSettingField(setting), auth_types: types }]
  })

const settingFields = (template: ServiceTemplate): SettingField[] => [
  ...sharedFields(template),
  ...template.authentication.flatMap((scheme) =>
    fieldsOfScheme(scheme).settings.map((setting) => ({
      ...toSettingField(setting),
      ...forTypes(template, scheme.type),
    }))
  ),
]

/** Services leave out what the standard requires, or send null for "none". */
const normalizeTokenResponse = (
  body: Record<string, unknown>
): Record<string, unknown> => ({
  ...Object.fromEntries(
    Object.entries(body).filter(([, value]) => value !== null)
  ),
  // Some name the kind of user here. All of them are sent as bearer tokens.
  token_type: "bearer",
})

const oauthServer = (
  template: ServiceTemplate,
  scheme: OAuth2Authentication,
  settings: ProviderSettings
): OAuth2Server => {
  const fill = (text: string) =>
    fillAddress(template.label, text, insertable(template), settings)
  const isNamed = placeholdersOf(scheme.token_endpoint).every(
    (name) => settings[name]
  )
  const endpoints = (!isNamed && scheme.before_connecting) || scheme
  return {
    ...(scheme.issuer && { issuer: fill(scheme.issuer) }),
    authorization_endpoint: fill(endpoints.authorization_endpoint),
    token_endpoint: fill(endpoints.token_endpoint),
    ...(endpoints === scheme &&
      scheme.revocation_endpoint && {
        revocation_endpoint: fill(scheme.revocation_endpoint),
      }),
    client_auth: scheme.client_auth ?? "client_secret_post",
    pkce: scheme.pkce ?? true,
    scope_separator: scheme.scope_separator ?? " ",
    authorization_parameters: scheme.authorization_parameters,
    token_refusals: scheme.token_refusals,
    normalize_token_response: normalizeTokenResponse,
  }
}

const oauthDescription = (
  template: ServiceTemplate
): ProviderDescription["oauth2"] => {
  const scheme = template.authentication.find(
    (candidate): candidate is OAuth2Authentication =>
      candidate.type === "oauth2"
  )
  if (!scheme) {
    return undefined
  }
  const { grant, scopes, refresh, signed_response, facts } = scheme
  const fillAll =
    (texts: Readonly<Record<string, string>>) => (settings: ProviderSettings) =>
      Object.fromEntries(
        Object.entries(texts).map(([name, text]) => [
          name,
          fillAddress(template.label, text, insertable(template), settings),
        ])
      )
  return {
    grant,
    scopes,
    refresh:
      refresh ??
      (grant === "client_credentials"
        ? { strategy: "client_credentials" }
        : undefined),
    server: (settings) => oauthServer(template, scheme, settings),
    ...(facts && { facts }),
    token_parameters:
      scheme.token_parameters && fillAll(scheme.token_parameters),
    ...(signed_response && {
      signed_response: {
        signature_parameter: signed_response.signature_parameter,
        expected: signed_response.expected && fillAll(signed_response.expected),
      },
    }),
  }
}

const schemeOf = (
  { authentication }: ServiceTemplate,
  type: AuthType
): Authentication =>
  authentication.find((scheme) => scheme.type === type) ?? authentication[0]

const loginPart = (part: BasicPart): LoginPart => {
  if ("credential" in part) {
    return { credential: part.credential.name }
  }
  return "setting" in part ? { setting: part.setting.name } : part
}

const inHeader = (
  credential: string,
  { header, prefix }: { header: string; prefix?: string }
): RequestAuthentication => ({ in: "header", name: header, prefix, credential })

/** Where a scheme puts the credentials; undefined where that is the usual place. */
const requestAuthentication = (
  scheme: Authentication
): RequestAuthentication | undefined => {
  switch (scheme.type) {
    case "bearer":
      return undefined
    case "oauth2":
      return scheme.in && inHeader("access_token", scheme.in)
    case "api_key":
      return scheme.in === "path"
        ? { in: "path", credential: "api_key" }
        : inHeader("api_key", scheme.in)
    case "basic":
      return {
        in: "login",
        user: loginPart(scheme.user),
        password: loginPart(scheme.password),
      }
  }
}

const apiDescription = (template: ServiceTemplate): ApiDescription => {
  const { label, api, headers = {}, error_codes } = template
  const definitions = insertable(template)
  return {
    base_address: (settings) => apiAddress(label, api, definitions, settings),
    headers: (settings) =>
      Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          fillAddress(label, value, definitions, settings),
        ])
      ),
    authentication: (type) => requestAuthentication(schemeOf(template, type)),
    error_codes,
    read_error: (body, { ok }) => {
      const code = ok && body ? refusalIn(template, body) : undefined
      return code === undefined ? undefined : { code }
    },
  }
}

/** The code of a refusal that comes with HTTP 200, where the service has such. */
const refusalIn = (
  { authentication, probe }: ServiceTemplate,
  body: Record<string, unknown>
): string | undefined =>
  [probe, ...authentication.map((scheme) => scheme.probe)]
    .map((candidate) => candidate?.refusal?.(body))
    .find((code) => code !== undefined)

/** What a probe's status means, where the same status means something else for content. */
const PROBE_RULES: readonly ErrorRule[] = [
  { status: 402, errorClass: "account_restricted" },
  // The platform's settings are in the address: the object that they name is not there.
  ...[400, 404, 405, 406, 410, 415, 422].map((status): ErrorRule => ({
    status,
    errorClass: "config_error",
  })),
  // A refusal inside of a successful response that no rule knows says nothing of the token.
  { status: 200, errorClass: "transient" },
]

const MAX_NAME_LENGTH = 120

const verify = async (
  template: ServiceTemplate,
  { settings, auth_type, credential, request, redact }: ProviderContext
): Promise<string> => {
  const { label } = template
  const probe = schemeOf(template, auth_type).probe ?? template.probe
  if (!probe) {
    // The connection itself was the proof: there is nothing harmless to ask.
    await credential("access_token")
    return `${label} is connected.`
  }
  const body = await request<object>(
    fillAddress(label, probe.path, insertable(template), settings),
    { method: probe.method ?? "GET", error_rules: PROBE_RULES }
  )
  const name = textAt(body, probe.account ?? [], (text) => !!text.trim())
  return name
    ? `${label} accepted the credentials of ${redact(name).trim().slice(0, MAX_NAME_LENGTH)}.`
    : `${label} accepted the credentials.`
}

/**
 * Turns a template into a provider: with a description from which the plugin
 * connects, refreshes, validates and draws its forms, and a check of the
 * credentials by the template's probe.
 *
 * Settings are inserted into addresses as labels of a host name and segments of
 * a path only, so none of them can send a credential to another host.
 *
 * @param template - what is known about the service
 */
export const serviceProvider = (template: ServiceTemplate): SocialProvider => {
  const { identifier, label, description, category, authentication } = template
  const canVerify = authentication.every(
    (scheme) => scheme.probe ?? template.probe ?? scheme.type === "oauth2"
  )
  const oauth2 = oauthDescription(template)
  return {
    description: {
      identifier,
      label,
      description,
      category,
      categories: template.categories ?? [category],
      auth_types: authentication.map(({ type }) => type),
      credential_fields: credentialFields(template),
      setting_fields: settingFields(template),
      docs_url: template.docs_url,
      ...(oauth2 && { oauth2 }),
      api: apiDescription(template),
      ...(template.error_rules && { error_rules: template.error_rules }),
    },
    ...(canVerify && {
      verify: (context: ProviderContext) => verify(template, context),
    }),
  }
}
