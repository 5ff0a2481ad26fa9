import { InvalidKeyError } from "../errors"
import type { KeySource } from "../keys/key-source"
import { environmentKeySource } from "./environment"
import { fileKeySource, KEY_FILE } from "./file"
import { parseVersion, ACTIVE_VERSION } from "./parse"

const KEY_VARIABLE = /^ENCRYPTION_KEY(?:_V\d+)?$/

/**
 * The key source that the environment asks for: files where ENCRYPTION_KEY_FILE is set, and the
 * variables themselves where it is not.
 *
 * @param env - usually process.env
 * @returns the source
 * @throws InvalidKeyError when keys stand in both places, or the version of the active key is none
 */
export function configuredKeySource(env: NodeJS.ProcessEnv): KeySource {
  const location = env[KEY_FILE]
  if (!location) {
    return environmentKeySource(env)
  }
  const other = Object.keys(env).find(
    (name) => KEY_VARIABLE.test(name) && env[name]
  )
  if (other) {
    throw new InvalidKeyError(
      `Both ${KEY_FILE} and ${other} are set, so it is not clear which key counts. Move all keys to one of the two places.`
    )
  }
  const wanted = env[ACTIVE_VERSION]
  return fileKeySource({
    path: location,
    active_version: wanted ? parseVersion(ACTIVE_VERSION, wanted) : undefined,
  })
}
