import type { Logger } from "@medusajs/framework/types"

import { SecretString } from "../../secrets/secret-string"
import { blindIndex, type BlindIndexColumn } from "./keys/blind-index"
import { type EncryptionContext, UNBOUND_CONTEXT } from "./envelope/context"
import { sealV2 } from "./envelope/format-2"
import type { Key } from "./keys/keyring"
import type { LiveRegistry, RegistryState } from "./keys/registry-watch"
import type { RegistryReport } from "./keys/registry"
import { openEnvelope, requireEnvelope } from "./envelope/open"
import {
  createOperationLog,
  logsOperations,
  observe,
  type OperationLog,
} from "./operation-log"
import { withFloor } from "./policy"
import { createRenew, type Renew } from "./envelope/re-encrypt"
import type {
  EncryptionPolicy,
  Envelope,
  EnvelopeV2,
  KeyVersionInfo,
  PolicyFloor,
} from "./types"

type InjectedDependencies = {
  encryptionPolicy: Readonly<EncryptionPolicy>
  encryptionReadingConfigured: boolean
  encryptionRegistry: LiveRegistry
  logger?: Logger
}

function resolveLogger(container: InjectedDependencies): Logger | undefined {
  try {
    return container.logger
  } catch {
    // The container throws for what is not registered, and a log is not worth a failed call.
    return undefined
  }
}

/**
 * Seals and opens credentials. The methods are async as Medusa asks of a service; the work behind
 * them is synchronous and takes microseconds.
 */
export default class EncryptionModuleService {
  // Not #private: Medusa's test runner reaches services through a Proxy.
  protected readonly registry_: LiveRegistry
  protected readonly policy_: Readonly<EncryptionPolicy>
  protected readonly readingConfigured_: boolean
  protected readonly log_: OperationLog | undefined

  __hooks = {
    onApplicationShutdown: async () => await this.registry_.flushCounts(),
  }

  constructor(container: InjectedDependencies) {
    this.registry_ = container.encryptionRegistry
    this.policy_ = container.encryptionPolicy
    this.readingConfigured_ = container.encryptionReadingConfigured
    this.log_ = logsOperations(process.env)
      ? createOperationLog(() => resolveLogger(container))
      : undefined
  }

  /**
   * Seals a secret with the primary key.
   *
   * @param plaintext - the secret
   * @param context - the row and field that will hold it; without one the envelope is not protected
   * against being copied elsewhere
   * @returns an envelope of format 2
   * @throws InvalidPlaintextError, InvalidContextError
   */
  async encrypt(
    plaintext: string | SecretString,
    context: EncryptionContext = UNBOUND_CONTEXT
  ): Promise<EnvelopeV2> {
    const { keyring } = await this.registry_.current()
    return this.seal_(plaintext, context, keyring.primary)
  }

  /**
   * Opens an envelope of format 2, or of format 1 while the policy accepts it. It never returns a
   * stored plaintext: whether one may be used is for the caller to decide, by shape and policy.
   *
   * @param data - the envelope as object, JSON text or base64 of JSON text
   * @param context - the row and field that hold it
   * @returns the secret
   * @throws MalformedEnvelopeError, UnknownKeyVersionError, KeyRetiredError, WrongKeyError,
   * TamperedError, LegacyNotAllowedError, PlaintextNotAllowedError
   */
  async decrypt(
    data: Envelope | string,
    context: EncryptionContext = UNBOUND_CONTEXT
  ): Promise<SecretString> {
    return this.open_(data, context, await this.registry_.current())
  }

  /**
   * Tells, without opening it, whether a stored envelope is of an old format or not under the
   * primary key.
   *
   * @param data - the envelope as object, JSON text or base64 of JSON text
   * @returns true when {@link reEncrypt} should be called
   * @throws MalformedEnvelopeError, PlaintextNotAllowedError
   */
  async needsReEncryption(data: Envelope | string): Promise<boolean> {
    const { format, envelope } = requireEnvelope(data, UNBOUND_CONTEXT)
    const { keyring } = await this.registry_.current()
    return format === "v1" || envelope.keyVersion !== keyring.primary.version
  }

  /**
   * Opens an envelope and seals its secret again with the primary key, in format 2.
   *
   * @param data - the envelope as object, JSON text or base64 of JSON text
   * @param context - the row and field that hold it
   * @returns a new envelope for the same place
   * @throws everything that {@link decrypt} throws
   */
  async reEncrypt(
    data: Envelope | string,
    context: EncryptionContext = UNBOUND_CONTEXT
  ): Promise<EnvelopeV2> {
    return await this.encrypt(await this.decrypt(data, context), context)
  }

  /**
   * The blind index of a secret, for a column that is looked up by it.
   *
   * @param value - the secret
   * @param column - logical names of the column
   * @param keyVersion - of the envelope beside it, so that both need the same key
   * @returns 43 characters of base64url
   * @throws UnknownKeyVersionError, KeyRetiredError, InvalidContextError, InvalidPlaintextError
   */
  async blindIndex(
    value: string | SecretString,
    column: BlindIndexColumn,
    keyVersion: number
  ): Promise<string> {
    const { keyring } = await this.registry_.current()
    return blindIndex(keyring.get(keyVersion), column, value)
  }

  /**
   * {@link reEncrypt} for bulk work, on the keys and the policy of this moment: take a new one for
   * each batch. What it returns works synchronously, does nothing for an envelope that is as it
   * should be, and makes the blind index of the secret on the way.
   */
  async renewer(): Promise<Renew> {
    const state = await this.registry_.current()
    return createRenew(state.keyring.primary, {
      open: (data, context) => this.open_(data, context, state),
      seal: (secret, context) =>
        this.seal_(secret, context, state.keyring.primary),
    })
  }

  /**
   * What {@link blindIndex} may have stored for a secret, under any key that is in use.
   *
   * @returns one digest for each key, the primary's first
   * @throws InvalidContextError, InvalidPlaintextError
   */
  async blindIndexCandidates(
    value: string | SecretString,
    column: BlindIndexColumn
  ): Promise<string[]> {
    const { keyring } = await this.registry_.current()
    const others = keyring.keys.filter(
      (key) => key !== keyring.primary && key.state !== "retired"
    )
    return [keyring.primary, ...others].map((key) =>
      blindIndex(key, column, value)
    )
  }

  /** @returns the policy in force: what is configured, but never below the stored floor */
  async policy(): Promise<Readonly<EncryptionPolicy>> {
    const { floor } = await this.registry_.current()
    return withFloor(this.policy_, floor)
  }

  /** @returns the version of the primary key */
  async currentKeyVersion(): Promise<number> {
    const { keyring } = await this.registry_.current()
    return keyring.primary.version
  }

  /** @returns what may be told about every configured key, lowest version first */
  async keyVersions(): Promise<KeyVersionInfo[]> {
    const { keyring } = await this.registry_.current()
    return keyring.keys.map(({ version, kid, state }) => ({
      version,
      kid,
      state,
    }))
  }

  /**
   * The key registry: every version that was ever configured, here or in
   * another process.
   *
   * @returns the versions with whether this process has their key, and the
   * policy floor; no versions before the registry's migration
   */
  async registry(): Promise<RegistryReport> {
    const [snapshot, { keyring }] = await Promise.all([
      this.registry_.read(),
      this.registry_.current(),
    ])
    const configured = new Set(keyring.keys.map(({ version }) => version))
    return {
      keys: (snapshot?.keys ?? []).map((key) => ({
        ...key,
        configured: configured.has(key.version),
      })),
      floor: snapshot?.floor ?? null,
    }
  }

  /**
   * Makes a configured key the one that seals, in every process.
   *
   * @throws UnknownKeyVersionError, KeyRetiredError, InvalidKeyError
   */
  async promoteKey(version: number): Promise<void> {
    await this.registry_.promote(version)
  }

  /**
   * Retires a key that no stored value needs any more; the caller has counted.
   *
   * @returns false when it is the active one, or was never promoted
   */
  async retireKey(version: number): Promise<boolean> {
    return await this.registry_.retire(version)
  }

  /** Raises the policy floor; it never goes down. */
  async raisePolicyFloor(floor: PolicyFloor): Promise<void> {
    await this.registry_.raiseFloor(floor)
  }

  /**
   * Makes an installation that holds nothing yet strict for good: no plaintext
   * and no format 1 from its first day. Nothing happens where the operator has
   * configured what may be read, or a floor stands already.
   *
   * @returns whether the floor was raised
   */
  async makeNewInstallationStrict(): Promise<boolean> {
    const snapshot = await this.registry_.read()
    if (!snapshot || snapshot.floor || this.readingConfigured_) {
      return false
    }
    await this.raisePolicyFloor({
      reading: "require-encrypted",
      minimum_envelope_format: 2,
    })
    return true
  }

  protected seal_(
    plaintext: string | SecretString,
    context: EncryptionContext,
    key: Key
  ): EnvelopeV2 {
    return observe(this.log_, "TOKEN_ENCRYPT", context, () => {
      const text =
        plaintext instanceof SecretString ? plaintext.reveal() : plaintext
      this.registry_.countSeal(key.version)
      return { envelope: sealV2(key, text, context) }
    }).envelope
  }

  protected open_(
    data: Envelope | string,
    context: EncryptionContext,
    { keyring, floor }: RegistryState
  ): SecretString {
    return observe(this.log_, "TOKEN_DECRYPT", context, () =>
      openEnvelope(data, context, keyring, withFloor(this.policy_, floor))
    ).secret
  }
}
