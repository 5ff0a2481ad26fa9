import { createServer, type RequestListener, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { ServiceError } from "../../../errors/service-error"
import { SecretString } from "../../../secrets/secret-string"
import type { AuthType } from "../../../shared/enums"
import { createApiContext } from "../../api-client"
import { SERVICE_TEMPLATES } from "../../catalog"
import { createServiceFetch, type ServiceFetch } from "../../../http/fetch"
import { serviceProvider } from "../../service-template"
import type { ServiceTemplate } from "../../templates/support/types"
import type { ProviderContext, SocialProvider } from "../../types"
import { CREDENTIALS, LOGIN_KEY, OWN_SETTINGS, SETTINGS } from "./probes"

export const templateOf = (identifier: string): ServiceTemplate => {
  const template = SERVICE_TEMPLATES.find(
    (candidate) => candidate.identifier === identifier
  )
  if (!template) {
    throw new Error(`There is no template "${identifier}".`)
  }
  return template
}

export const providerOf = (identifier: string): SocialProvider =>
  serviceProvider(templateOf(identifier))

/** A key that is the user's half of a login must have no colon. */
const credentialsFor = (
  { authentication }: ServiceTemplate,
  authType: AuthType
): Record<string, string> => {
  const scheme = authentication.find(({ type }) => type === authType)
  return scheme?.type === "basic" && "credential" in scheme.user
    ? { ...CREDENTIALS, [scheme.user.credential.name]: LOGIN_KEY }
    : CREDENTIALS
}

/** Every text of a template into which settings are inserted. */
export const addressesOf = ({
  api,
  authentication,
  probe,
  headers,
}: ServiceTemplate): string[] => [
  api,
  probe?.path ?? "",
  ...Object.values(headers ?? {}),
  ...authentication.flatMap((scheme) => [
    scheme.probe?.path ?? "",
    ...(scheme.type === "oauth2"
      ? [
          scheme.authorization_endpoint,
          scheme.token_endpoint,
          scheme.revocation_endpoint ?? "",
          scheme.issuer ?? "",
          ...Object.values(scheme.token_parameters ?? {}),
        ]
      : []),
  ]),
]

/** The credentials that a probe sends, in every form in which they may show up. */
export const secretsOf = (
  template: ServiceTemplate,
  authType: AuthType
): string[] => {
  const credentials = credentialsFor(template, authType)
  const names =
    authType === "oauth2"
      ? ["access_token"]
      : serviceProvider(template)
          .description.credential_fields.filter(
            ({ auth_types }) => !auth_types || auth_types.includes(authType)
          )
          .map(({ name }) => name)
  return names
    .map((name) => credentials[name])
    .flatMap((value) => [value, encodeURIComponent(value)])
}

export const settingsFor = (identifier: string): Record<string, string> => ({
  ...Object.fromEntries(
    providerOf(identifier)
      .description.setting_fields.filter((field) => field.default !== undefined)
      .map((field) => [field.name, field.default as string])
  ),
  ...SETTINGS,
  ...OWN_SETTINGS[identifier],
})

export interface ContextOverrides {
  settings?: Record<string, unknown>
  credentials?: Record<string, string>
  fetch?: ServiceFetch
}

/** A platform of the service, with every credential filled in. */
export const contextFor = (
  identifier: string,
  authType: AuthType,
  overrides: ContextOverrides = {}
): ProviderContext => {
  const template = templateOf(identifier)
  const credentials = {
    ...credentialsFor(template, authType),
    ...overrides.credentials,
  }
  return createApiContext(providerOf(identifier).description, {
    settings: { ...settingsFor(identifier), ...overrides.settings },
    auth_type: authType,
    credential: async (name) => new SecretString(credentials[name]),
    fetch:
      overrides.fetch ??
      createServiceFetch({ service: template.label, timeoutMs: 2_000 }),
  })
}

export const verify = async (
  identifier: string,
  context: ProviderContext
): Promise<string> => {
  const provider = providerOf(identifier)
  if (!provider.verify) {
    throw new Error(`The template "${identifier}" has no probe.`)
  }
  const said = await provider.verify(context)
  return typeof said === "string" ? said : said.message
}

export const failureOf = async (
  promise: Promise<unknown>
): Promise<ServiceError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason
  )
  expect(error).toBeInstanceOf(ServiceError)
  return error as ServiceError
}

export interface LocalService {
  url: string
  answer: RequestListener
  close: () => void
}

/** A real HTTP server; what it answers is set by each test. */
export const startLocalService = async (): Promise<LocalService> => {
  const service: LocalService = {
    url: "",
    answer: (_, response) => response.writeHead(500).end(),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  const server: Server = createServer((request, response) =>
    service.answer(request, response)
  )
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return service
}
