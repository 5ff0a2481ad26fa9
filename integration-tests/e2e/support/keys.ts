import { readFileSync } from "node:fs"
import path from "node:path"
import { newSecret } from "../../../dev/env-file"

const vectors = path.resolve(
  __dirname,
  "../../../src/modules/encryption/__tests__/vectors/golden-foreign-values.json"
)

/** A token of another system, and what is in it. */
export interface FernetToken {
  token: string
  plaintext: string
}

/**
 * Gives the store that is started next a second key, which waits beside the
 * first, and the Fernet keys of another system.
 */
export const provideKeys = (): void => {
  process.env.ENCRYPTION_KEY_V2 ??= newSecret()
  process.env.TOKEN_ENCRYPTION_KEY ??= readFernet().keys.join(",")
}

/** A token that opens under the keys of {@link provideKeys}. */
export const fernetToken = (name = "token of 200 bytes"): FernetToken => {
  const token = readFernet().values.find((value) => value.name === name)
  if (!token) {
    throw new Error(`There is no Fernet token "${name}"`)
  }
  return token
}

const readFernet = (): {
  keys: string[]
  values: ({ name: string } & FernetToken)[]
} => JSON.parse(readFileSync(vectors, "utf8")).fernet
