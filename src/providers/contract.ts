import { AUTH_TYPES, PLATFORM_CATEGORIES } from "../shared/enums"
import { CALLBACK_SECRET } from "./callbacks"
import type { ProviderDescription, SocialProvider } from "./types"

const IDENTIFIER = /^[a-z][a-z0-9_-]*$/
const FIELD_NAME = /^[a-z][a-z0-9_]*$/

const OPERATIONS = [
  "verify",
  "registerClient",
  "extendGrant",
  "discover",
  "refreshTokens",
  "revoke",
  "listAccounts",
  "fetchProfile",
  "limits",
  "fetchFacts",
  "publish",
  "recover",
  "remove",
  "fetchPostMetrics",
  "fetchAccountMetrics",
] as const

/** Credentials that connecting brings; nobody enters them. */
const isConsented = (authType: string): boolean =>
  authType === "oauth2" || authType === "oauth1"

/**
 * What is wrong with a provider, as far as its description and its operations
 * tell: the plugin refuses to start with one that has any of it.
 *
 * @returns sentences; empty for a sound provider
 */
export const findProviderProblems = (provider: unknown): string[] => {
  const { description } = (provider ?? {}) as Partial<SocialProvider>
  if (typeof description?.identifier !== "string") {
    return [
      'It needs a "description" with an "identifier" of lower-case letters, digits, "_" and "-".',
    ]
  }
  const sound = provider as SocialProvider
  return [
    ...problemsOfFacts(description),
    ...problemsOfFields(description),
    ...problemsOfAuthentication(sound),
    ...problemsOfOperations(sound),
  ]
}

const problemsOfFacts = ({
  identifier,
  label,
  category,
  auth_types,
}: ProviderDescription): string[] => [
  ...(IDENTIFIER.test(identifier)
    ? []
    : [
        `The identifier "${identifier}" must be of lower-case letters, digits, "_" and "-".`,
      ]),
  ...(label ? [] : ["It needs a label."]),
  ...(PLATFORM_CATEGORIES.includes(category)
    ? []
    : [`Its category must be one of: ${PLATFORM_CATEGORIES.join(", ")}.`]),
  ...(auth_types?.length &&
  auth_types.every((type) => AUTH_TYPES.includes(type))
    ? []
    : [`Its auth_types must be some of: ${AUTH_TYPES.join(", ")}.`]),
]

const problemsOfFields = ({
  credential_fields = [],
  setting_fields = [],
  account_credentials = [],
}: ProviderDescription): string[] => {
  const names = [
    ...[...credential_fields, ...setting_fields].map(({ name }) => name),
    ...account_credentials,
  ]
  return [
    ...names
      .filter((name) => !FIELD_NAME.test(name) || name.endsWith("_encrypted"))
      .map(
        (name) =>
          `The field "${name}" must be in snake_case, and not end with "_encrypted".`
      ),
    ...credential_fields
      .filter(({ name }) => setting_fields.some((field) => field.name === name))
      .map(
        ({ name }) =>
          `"${name}" is a credential and a setting: it can only be one of them.`
      ),
  ]
}

const strategyOf = (
  { oauth2, refresh }: ProviderDescription,
  authType: string
): string | undefined =>
  (authType === "oauth2" ? oauth2?.refresh : refresh)?.strategy

const problemsOfAuthentication = ({
  description,
  refreshTokens,
}: SocialProvider): string[] =>
  (description.auth_types ?? []).flatMap((type) => {
    const strategy = strategyOf(description, type)
    const required = (description.credential_fields ?? []).filter(
      (field) =>
        field.required && (!field.auth_types || field.auth_types.includes(type))
    )
    return [
      ...(isConsented(type) && !description[type as "oauth1" | "oauth2"]
        ? [`With "${type}" it needs a description of "${type}".`]
        : []),
      ...(!isConsented(type) && !required.length
        ? [
            `With "${type}" it needs a required credential field: nothing else would tell whether a platform is connected.`,
          ]
        : []),
      ...(strategy === "session" &&
      required.some(({ name }) => name === "access_token")
        ? [
            "A session brings its access_token: it cannot be a required credential field.",
          ]
        : []),
      ...((strategy === "session" || strategy === "exchange_current_token") &&
      !refreshTokens
        ? [`The strategy "${strategy}" needs the operation refreshTokens.`]
        : []),
    ]
  })

const problemsOfOperations = (provider: SocialProvider): string[] => {
  const { publish, listAccounts, limits, recover, registerClient } = provider
  const { credential_fields = [] } = provider.description
  return [
    ...(provider.callbacks &&
    !credential_fields.some(({ name }) => name === CALLBACK_SECRET)
      ? [
          `To take callbacks it needs the credential field ${CALLBACK_SECRET}: they are signed with it.`,
        ]
      : []),
    ...OPERATIONS.filter(
      (name) =>
        provider[name] !== undefined && typeof provider[name] !== "function"
    ).map((name) => `Its ${name} must be a function.`),
    ...("renewToken" in provider
      ? ["renewToken is called refreshTokens now: rename it."]
      : []),
    ...("fetchInsights" in provider
      ? ["fetchInsights is called fetchPostMetrics now: rename it."]
      : []),
    ...(publish && !listAccounts
      ? [
          "To publish it needs the operation listAccounts too: posts go to accounts.",
        ]
      : []),
    ...(publish && !limits
      ? ["To publish it needs limits: what one post may have."]
      : []),
    ...(recover && !publish ? ["It has recover, but no publish."] : []),
    ...(registerClient && !provider.description.oauth2
      ? ['It has registerClient, but no description of "oauth2".']
      : []),
  ]
}
