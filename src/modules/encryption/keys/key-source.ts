import type { KeyState } from "./keyring"

/** One root key as its source delivers it. */
export type KeyMaterial = {
  /** 1 to 32767. */
  version: number
  /** Exactly one key of a source is `active`: the one that seals. */
  state: KeyState
  /** 32 random bytes. Whoever receives them wipes them after use. */
  secret: Buffer
}

/** A root key as a key management service gave it out: encrypted under a key that never leaves it. */
export type WrappedKey = {
  /** 1 to 32767. */
  version: number
  /** The wrapped key, in the form of its service. */
  wrapped: string
  /** The service's key that wraps it. */
  kek_id: string
}

/**
 * Where root keys come from: the environment, files, a key management service. Asked at start; a
 * running process does not depend on its source.
 */
export interface KeySource {
  /** Shown to operators, for example `environment`. */
  readonly name: string

  /**
   * Whether the active key is only the highest version, and nobody has named it: then the key
   * registry's active key wins, and a higher version waits to be promoted.
   *
   * @default false
   */
  readonly active_is_a_guess?: boolean

  /**
   * @returns fresh material of every version, exactly one of them `active`
   * @throws MissingKeyError or InvalidKeyError with a message that names the setting at fault and
   * how to put it right, and never contains key material
   */
  load(): Promise<KeyMaterial[]>

  /**
   * Judges how well the keys are kept, for the start and for the doctor.
   *
   * @returns a sentence for each thing that an operator should put right
   */
  check?(): Promise<string[]>

  /**
   * Makes a new root key that nobody sees, for the scheduled rotation. Only a key management
   * service can.
   *
   * @param version - of the new key
   * @returns the key in the form that {@link KeySource.unwrap} takes
   * @throws KeySourceError
   */
  make?(version: number): Promise<WrappedKey>

  /**
   * Unwraps a key that {@link KeySource.make} made, in this process or in another one.
   *
   * @returns 32 bytes, which the caller wipes
   * @throws KeySourceError
   */
  unwrap?(key: WrappedKey): Promise<Buffer>
}
