import { InvalidKeyError, MissingKeyError } from "../errors"
import { HOW_TO_MAKE_A_KEY } from "../keys/key-rules"
import type { KeyMaterial, KeySource } from "../keys/key-source"
import { parseKey, parseVersion, ACTIVE_VERSION } from "./parse"
import { stateOf } from "./states"

const ACTIVE_KEY = "ENCRYPTION_KEY"
const NUMBERED_KEY = /^ENCRYPTION_KEY_V(\d+)$/

function parseActive(env: NodeJS.ProcessEnv): KeyMaterial {
  const version = parseVersion(ACTIVE_VERSION, env[ACTIVE_VERSION] || "1")
  const text = env[ACTIVE_KEY]
  if (!text) {
    throw new MissingKeyError(
      `${ACTIVE_KEY} environment variable must be set: it holds key version ${version}, which seals credentials. ${HOW_TO_MAKE_A_KEY}`,
      { keyVersion: version }
    )
  }
  return { version, state: "active", secret: parseKey(ACTIVE_KEY, text) }
}

function parseNumbered(
  env: NodeJS.ProcessEnv,
  active: KeyMaterial
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
    if (version !== active.version) {
      materials.push({
        version,
        state: stateOf(version, active.version),
        secret,
      })
      continue
    }
    const same = secret.equals(active.secret)
    secret.fill(0)
    if (!same) {
      throw new InvalidKeyError(
        `${variable} and ${ACTIVE_KEY} are different keys for the same version ${version}. Give the new key a new version in ${ACTIVE_VERSION}, or remove ${variable}.`,
        { keyVersion: version }
      )
    }
  }
  return materials
}

/**
 * Reads keys from environment variables:
 *
 * - `ENCRYPTION_KEY`: the active key, base64 of 32 bytes
 * - `ENCRYPTION_KEY_VERSION`: its version, 1 when not set
 * - `ENCRYPTION_KEY_V<n>`: the key of version n, for values sealed before, or (above the active one)
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
      const active = parseActive(env)
      return [active, ...parseNumbered(env, active)]
    },
  }
}
