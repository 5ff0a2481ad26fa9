import { ServiceError } from "../../errors/service-error"
import { readJson } from "../../http/fetch"
import { memberAt } from "../../oauth/member-at"
import type { OAuthFetch, TokenSet } from "../../oauth/types"
import type {
  ConnectionFact,
  ProviderDescription,
  ProviderSettings,
} from "../../providers/types"

/** Settings that a service has told while it was connected. */
export type ToldSettings = Record<string, string>

/** Longest value that is kept, in characters. */
const MAX_LENGTH = 200

/** Names of the parameters that the redirect to us is looked through for. */
export const redirectParameters = (
  description: ProviderDescription
): string[] =>
  (description.oauth2?.facts ?? []).flatMap(({ from }) =>
    "redirect" in from ? [from.redirect] : []
  )

/** Paths of the members of the token response that are looked at. */
export const tokenMembers = (description: ProviderDescription): string[] =>
  (description.oauth2?.facts ?? []).flatMap(({ from }) =>
    "token_response" in from ? [from.token_response] : []
  )

/**
 * Reads the settings that a service tells with the redirect.
 *
 * @param parameters - of the redirect
 * @throws {ServiceError} `config_error` for a required one that it cannot have
 */
export const factsOfRedirect = (
  description: ProviderDescription,
  parameters: URLSearchParams
): ToldSettings =>
  readFacts(description, ({ from }) =>
    "redirect" in from ? parameters.get(from.redirect) : null
  )

/**
 * Reads the settings that a service tells with the tokens, or when it is asked
 * with the new token.
 *
 * @param tokens - as they were granted
 * @param settings - the platform's, with what was told so far
 * @throws {ServiceError} `config_error` for a required one that is missing or
 * that it cannot have
 */
export const factsOfGrant = async (
  description: ProviderDescription,
  tokens: TokenSet,
  settings: ProviderSettings,
  fetch: OAuthFetch
): Promise<ToldSettings> => {
  const answers = new Map<ConnectionFact, unknown>()
  for (const fact of description.oauth2?.facts ?? []) {
    const { from } = fact
    if ("token_response" in from) {
      answers.set(fact, tokens.members?.[from.token_response])
    } else if ("address" in from) {
      const response = await fetch(from.address, {
        headers: {
          accept: "application/json",
          authorization: `${from.scheme} ${tokens.access_token.reveal()}`,
        },
      })
      const body = response.ok
        ? await readJson(description.label, response)
        : undefined
      answers.set(fact, memberAt(body, from.member))
    }
  }
  const told = readFacts(description, (fact) => answers.get(fact))
  const missing = (description.oauth2?.facts ?? []).find(
    ({ required, setting }) => required && !told[setting] && !settings[setting]
  )
  if (missing) {
    throw unsuitable(description, missing, "did not say")
  }
  return told
}

const readFacts = (
  description: ProviderDescription,
  valueOf: (fact: ConnectionFact) => unknown
): ToldSettings => {
  const told: ToldSettings = {}
  for (const fact of description.oauth2?.facts ?? []) {
    const value = valueOf(fact)
    if (value === undefined || value === null || value === "") {
      continue
    }
    const text = String(value)
    const match = text.length <= MAX_LENGTH ? fact.pattern.exec(text) : null
    if (match && match[0] === text) {
      told[fact.setting] = match[1] ?? text
    } else if (fact.required) {
      throw unsuitable(description, fact, "cannot have")
    }
  }
  return told
}

const unsuitable = (
  { label }: ProviderDescription,
  { setting }: ConnectionFact,
  what: "did not say" | "cannot have"
): ServiceError =>
  new ServiceError(
    "config_error",
    what === "did not say"
      ? `${label} did not say what the setting "${setting}" is, and nothing works without it. Enter it in the platform's settings, then start again with Connect.`
      : `What came back as the setting "${setting}" is none that ${label} has. Nothing was stored. Start again with Connect.`,
    { code: "unsuitable_setting" }
  )
