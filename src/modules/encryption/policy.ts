import { MedusaError } from "@medusajs/framework/utils"

import type { EncryptionOptions, EncryptionPolicy, PolicyFloor } from "./types"

type Setting = keyof EncryptionPolicy

const VARIABLES: Record<Setting, string> = {
  reading: "SOCIAL_PLATFORMS_ENCRYPTION_READING",
  writing: "SOCIAL_PLATFORMS_ENCRYPTION_WRITING",
  minimum_envelope_format: "SOCIAL_PLATFORMS_MINIMUM_ENVELOPE_FORMAT",
}

const ALLOWED: { [Name in Setting]: readonly EncryptionPolicy[Name][] } = {
  reading: ["require-encrypted", "warn", "migrate"],
  writing: ["encrypted", "dual"],
  minimum_envelope_format: [1, 2],
}

const KNOWN_OPTIONS = new Set([
  ...Object.keys(ALLOWED),
  "key_source",
  "rotation",
  "columns",
])

const list = (values: readonly (string | number)[]): string =>
  values.map((value) => JSON.stringify(value)).join(", ")

const refuse = (message: string): MedusaError =>
  new MedusaError(MedusaError.Types.INVALID_DATA, message)

/** The environment wins over the option, and the first allowed value is the default. */
function choose<Name extends Setting>(
  name: Name,
  options: EncryptionOptions,
  env: NodeJS.ProcessEnv
): EncryptionPolicy[Name] {
  const allowed = ALLOWED[name]
  const text = env[VARIABLES[name]]
  if (text) {
    const match = allowed.find((value) => String(value) === text)
    if (match === undefined) {
      throw refuse(`${VARIABLES[name]} must be one of: ${allowed.join(", ")}.`)
    }
    return match
  }

  const option: unknown = options[name]
  if (option === undefined) {
    return allowed[0]
  }
  const match = allowed.find((value) => value === option)
  if (match === undefined) {
    throw refuse(
      `The plugin option encryption.${name} must be one of: ${list(allowed)}.`
    )
  }
  return match
}

/**
 * Works out the policy from the plugin's options and the environment.
 *
 * @param options - the `encryption` part of the plugin's options
 * @param env - usually process.env; its variables override the options
 * @returns the frozen policy
 * @throws MedusaError (INVALID_DATA) that names the setting and its allowed values
 */
export function resolvePolicy(
  options: EncryptionOptions | undefined,
  env: NodeJS.ProcessEnv
): Readonly<EncryptionPolicy> {
  const given = options ?? {}
  const unknown = Object.keys(given).find((name) => !KNOWN_OPTIONS.has(name))
  if (unknown !== undefined) {
    // A misspelt option would otherwise leave a weaker default in force, silently.
    throw refuse(
      `The plugin option encryption.${unknown} does not exist. Known: ${[...KNOWN_OPTIONS].join(", ")}.`
    )
  }

  return Object.freeze({
    reading: choose("reading", given, env),
    writing: choose("writing", given, env),
    minimum_envelope_format: choose("minimum_envelope_format", given, env),
  })
}

/**
 * @param options - the `encryption` part of the plugin's options
 * @returns the age from which the active key is replaced, in days; null where nobody asks for it
 * @throws MedusaError (INVALID_DATA) when it is not a whole number of days
 */
export function resolveRotation(
  options: EncryptionOptions | undefined
): number | null {
  if (options?.rotation === undefined) {
    return null
  }
  const days: unknown = options.rotation?.every_days
  if (!Number.isInteger(days) || (days as number) < 1) {
    throw refuse(
      "The plugin option encryption.rotation.every_days must be a whole number of days, at least 1."
    )
  }
  return days as number
}

/**
 * Whether the operator has said what may be read. Without a word a new
 * installation is strict for good; with one it is theirs to decide.
 */
export function isReadingConfigured(
  options: EncryptionOptions | undefined,
  env: NodeJS.ProcessEnv
): boolean {
  const settings: Setting[] = ["reading", "minimum_envelope_format"]
  return settings.some(
    (name) => !!env[VARIABLES[name]] || options?.[name] !== undefined
  )
}

/** How strict a reading policy is, from the least: the order of {@link withFloor}. */
export const READING_STRICTNESS = [
  "migrate",
  "warn",
  "require-encrypted",
] as const

/** @returns the stricter of both in each respect */
export function strictestFloor(
  known: PolicyFloor | null,
  floor: PolicyFloor
): PolicyFloor {
  if (!known) {
    return floor
  }
  const strictness = Math.max(
    READING_STRICTNESS.indexOf(known.reading),
    READING_STRICTNESS.indexOf(floor.reading)
  )
  return {
    reading: READING_STRICTNESS[strictness],
    minimum_envelope_format:
      known.minimum_envelope_format === 2 ? 2 : floor.minimum_envelope_format,
  }
}

/**
 * The policy in force: what is configured, but never less strict than the floor
 * that the database keeps. Where the floor forbids plaintext, none is written.
 *
 * @param configured - from options and environment
 * @param floor - null where none was set yet
 */
export function withFloor(
  configured: Readonly<EncryptionPolicy>,
  floor: PolicyFloor | null
): Readonly<EncryptionPolicy> {
  if (!floor) {
    return configured
  }
  return {
    ...strictestFloor(floor, configured),
    writing:
      floor.reading === "require-encrypted" ? "encrypted" : configured.writing,
  }
}
