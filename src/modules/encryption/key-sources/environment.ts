import { InvalidKeyError, MissingKeyError } from "../errors"
import { HOW_TO_MAKE_A_KEY } from "../keys/key-rules"
import type { KeyMaterial, KeySource } from "../keys/key-source"
import { parseKey, parseVersion, PRIMARY_VERSION } from "./parse"
import { stateOf } from "./states"

const PRIMARY_KEY = "ENCRYPTION_KEY"
const NUMBERED_KEY = /^ENCRYPTION_KEY_V(\d+)$/

function parsePrimary(env: NodeJS.ProcessEnv): KeyMaterial {
  const version = parseVersion(PRIMARY_VERSION, env[PRIMARY_VERSION] || "1")
  const text = env[PRIMARY_KEY]
  if (!text) {
    throw new MissingKeyError(
      `${PRIMARY_KEY} environment variable must be set: it holds key version ${version}, which seals credentials. ${HOW_TO_MAKE_A_KEY}`,
      { keyVersion: version }
    )
  }
  return { version, state: "active", secret: parseKey(PRIMARY_KEY, text) }
}

function parseNumbered(
  env: NodeJS.ProcessEnv,
  primary: KeyMaterial
): KeyMaterial[] {
  const materials: KeyMaterial[] = []
  for (const [variable, text] of Object.entries(env)) {
    const digits = NUMBERED_KEY.exec(variable)?.[1]
    // Templates of .env files list variables without a value.
    if (digits === undefined || !text) {
      continue
    }

    const version = parseVersion(variable, digits)
    const secret = parseKey(variable, text)
    if (version !== primary.version) {
      materials.push({
        version,
        state: stateOf(version, primary.version),
        secret,
      })
      continue
    }
    const same = secret.equals(primary.secret)
    secret.fill(0)
    if (!same) {
      throw new InvalidKeyError(
        `${variable} and ${PRIMARY_KEY} are different keys for the same version ${version}. Give the new key a new version in ${PRIMARY_VERSION}, or remove ${variable}.`,
        { keyVersion: version }
      )
    }
  }
  return materials
}

/**
 * Reads keys from environment variables:
 *
 * - `ENCRYPTION_KEY`: the primary key, base64 of 32 bytes
 * - `ENCRYPTION_KEY_VERSION`: its version, 1 when not set
 * - `ENCRYPTION_KEY_V<n>`: the key of version n, for values sealed before, or (above the primary)
 *   of a version that is rolled out ahead of its promotion
 *
 * @param env - usually process.env
 * @returns the source; its `load` throws MissingKeyError or InvalidKeyError, which name the variable
 * and never quote its value
 */
export function environmentKeySource(env: NodeJS.ProcessEnv): KeySource {
  return {
    name: "environment",
    async load() {
      const primary = parsePrimary(env)
      return [primary, ...parseNumbered(env, primary)]
    },
  }
}
