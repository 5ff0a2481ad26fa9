import { InvalidKeyError } from "../errors"
import type { KeySource } from "../keys/key-source"
import { environmentKeySource } from "./environment"
import { fileKeySource, KEY_FILE } from "./file"
import { parseVersion, PRIMARY_VERSION } from "./parse"

const KEY_VARIABLE = /^ENCRYPTION_KEY(?:_V\d+)?$/

/**
 * The key source that the environment asks for: files where ENCRYPTION_KEY_FILE is set, and the
 * variables themselves where it is not.
 *
 * @param env - usually process.env
 * @param warn - told when other users of the machine can read the keys
 * @returns the source
 * @throws InvalidKeyError when keys stand in both places, or the version of the primary is none
 */
export function configuredKeySource(
  env: NodeJS.ProcessEnv,
  warn?: (message: string) => void
): KeySource {
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
  const wanted = env[PRIMARY_VERSION]
  return fileKeySource({
    path: location,
    primary_version: wanted ? parseVersion(PRIMARY_VERSION, wanted) : undefined,
    warn,
  })
}
