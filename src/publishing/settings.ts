import { MedusaError } from "@medusajs/framework/utils"
import { z } from "@medusajs/framework/zod"
import type { SocialProvider } from "../providers/types"

export type Settings = Record<string, unknown>

/** A JSON Schema, as far as a form is drawn from it. */
type JsonSchema = Record<string, unknown>

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * A provider's settings as JSON Schema (draft 2020-12), which a form is drawn from.
 *
 * @returns null where nothing can be set
 */
export const settingsSchemaOf = ({
  settings,
}: Pick<SocialProvider, "settings">): JsonSchema | null =>
  settings
    ? (z.toJSONSchema(settings, {
        // As a person sends them: what has a default may be left out.
        io: "input",
        unrepresentable: "any",
      }) as JsonSchema)
    : null

/** The members that settings may have, whichever alternative of a union is chosen. */
const membersOf = (schema: JsonSchema): string[] => [
  ...Object.keys(isObject(schema.properties) ? schema.properties : {}),
  ...alternativesOf(schema).flatMap(membersOf),
]

const alternativesOf = ({ anyOf, oneOf, allOf }: JsonSchema): JsonSchema[] =>
  [anyOf, oneOf, allOf].filter(Array.isArray).flat() as JsonSchema[]

const refuse = (who: string, problems: string[]): never => {
  throw new MedusaError(
    MedusaError.Types.INVALID_DATA,
    `The settings for ${who} do not fit. ${problems.join(" ")}`
  )
}

/** What the settings along a path are called in the dashboard; of an entry of a list its number. */
const titlesAlong = (
  schema: JsonSchema,
  [name, ...rest]: PropertyKey[]
): string[] => {
  if (typeof name === "number") {
    const item = isObject(schema.items) ? schema.items : {}
    return [String(name + 1), ...titlesAlong(item, rest)]
  }
  const properties = isObject(schema.properties) ? schema.properties : {}
  const found = properties[String(name)]
  if (isObject(found)) {
    const { title } = found
    return typeof title === "string" ? [title, ...titlesAlong(found, rest)] : []
  }
  return (
    alternativesOf(schema)
      .map((alternative) => titlesAlong(alternative, [name, ...rest]))
      .find(({ length }) => length) ?? []
  )
}

/** A setting as a person finds it in the dashboard, and a program in the API. */
const nameOf = (
  provider: SocialProvider,
  { path }: z.core.$ZodIssue
): string => {
  const member = path.join(".")
  const title = titlesAlong(settingsSchemaOf(provider) ?? {}, path).join(": ")
  if (!title) {
    return member
  }
  return title.toLowerCase() === member
    ? `"${title}"`
    : `"${title}" (${member})`
}

const sentenceOf = (
  provider: SocialProvider,
  issue: z.core.$ZodIssue,
  given: Settings
): string => {
  const member = nameOf(provider, issue)
  const value = issue.path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    given
  )
  if (issue.code === "invalid_value") {
    return `${member} must be one of: ${issue.values.join(", ")}.`
  }
  return value === undefined
    ? `${member} is missing.`
    : `${member}: ${issue.message}.`
}

const refuseUnknown = (
  provider: SocialProvider,
  given: Settings,
  who: string
): void => {
  const schema = settingsSchemaOf(provider)
  const known = new Set(schema ? membersOf(schema) : [])
  const unknown = Object.keys(given).filter((name) => !known.has(name))
  if (unknown.length) {
    refuse(who, [
      known.size
        ? `There is no ${unknown.join(", ")}. Use: ${[...known].join(", ")}.`
        : `${provider.description.label} has no settings.`,
    ])
  }
}

/**
 * The settings of a publication: what was chosen for it, over the account's
 * defaults, over the schema's own.
 *
 * @param chosen - for the publication
 * @param defaults - of its account
 * @param who - the account, as a person knows it
 * @throws {MedusaError} INVALID_DATA naming the account and each member that is wrong
 */
export const requireSettings = (
  provider: SocialProvider,
  chosen: Settings | null | undefined,
  defaults: Settings | null | undefined,
  who: string
): Settings => {
  refuseUnknown(provider, chosen ?? {}, who)
  if (!provider.settings) {
    return {}
  }
  const given = { ...defaults, ...chosen }
  const { success, data, error } = provider.settings.safeParse(given)
  if (!success) {
    refuse(
      who,
      error.issues.map((issue) => sentenceOf(provider, issue, given))
    )
  }
  return data as Settings
}

/**
 * Refuses defaults of an account that no publication could have. What a
 * publication must have may be missing: it is chosen there.
 *
 * @throws {MedusaError} INVALID_DATA as {@link requireSettings}
 */
export const requireDefaultSettings = (
  provider: SocialProvider,
  defaults: Settings,
  who: string
): void => {
  refuseUnknown(provider, defaults, who)
  const { error } = provider.settings?.safeParse(defaults) ?? {}
  const issues = (error?.issues ?? []).filter(
    ({ path: [name] }) =>
      name !== undefined && defaults[String(name)] !== undefined
  )
  if (issues.length) {
    refuse(
      who,
      issues.map((issue) => sentenceOf(provider, issue, defaults))
    )
  }
}

/**
 * Settings as far as they are known, for limits that depend on them while a
 * person still chooses.
 */
export const settingsSoFar = (
  { settings }: SocialProvider,
  chosen: Settings,
  defaults: Settings | null | undefined
): Settings => {
  const given = { ...defaults, ...chosen }
  const parsed = settings?.safeParse(given)
  return parsed?.success ? (parsed.data as Settings) : given
}
