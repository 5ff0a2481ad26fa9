import type { KeyState } from "./keyring"

/** One root key as its source delivers it. */
export type KeyMaterial = {
  /** 1 to 32767. */
  version: number
  /** Exactly one key of a source is `active`: the primary, which seals. */
  state: KeyState
  /** 32 random bytes. Whoever receives them wipes them after use. */
  secret: Buffer
}

/**
 * Where root keys come from: the environment, files, a key management service. Asked once, at
 * start; a running process does not depend on its source.
 */
export interface KeySource {
  /** Shown to operators, for example `environment`. */
  readonly name: string

  /**
   * @returns fresh material of every version, exactly one of them `active`
   * @throws MissingKeyError or InvalidKeyError with a message that names the setting at fault and
   * how to put it right, and never contains key material
   */
  load(): Promise<KeyMaterial[]>
}
