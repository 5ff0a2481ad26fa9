import type { Logger } from "@medusajs/framework/types"

import { SecretString } from "../../secrets/secret-string"
import { blindIndex, type BlindIndexColumn } from "./keys/blind-index"
import type {
  ColumnRegistry,
  EncryptedColumn,
  RegisteredColumn,
} from "./columns"
import { type EncryptionContext, UNBOUND_CONTEXT } from "./envelope/context"
import { sealV2 } from "./envelope/format-2"
import type { AuditEntry, AuditEvent } from "./keys/audit"
import type { Key } from "./keys/keyring"
import type { KeySource } from "./keys/key-source"
import type { LiveProcess } from "./keys/processes"
import type { RegistryReport } from "./keys/registry"
import { type RegistryState, sealingKey } from "./keys/registry-state"
import type { RegistryWatch } from "./keys/registry-watch"
import { openEnvelope, requireEnvelope } from "./envelope/open"
import {
  createOperationLog,
  logsOperations,
  observe,
  type OperationLog,
} from "./operation-log"
import { withFloor } from "./policy"
import { createReEncrypt, type ReEncrypt } from "./envelope/re-encrypt"
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
  encryptionKeySource: KeySource
  encryptionRotation: number | null
  encryptionRegistry: RegistryWatch
  encryptionColumns: ColumnRegistry
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
  protected readonly registry_: RegistryWatch
  protected readonly keySource_: KeySource
  protected readonly rotation_: number | null
  protected readonly policy_: Readonly<EncryptionPolicy>
  protected readonly readingConfigured_: boolean
  protected readonly log_: OperationLog | undefined
  protected readonly columns_: () => ColumnRegistry

  __hooks = {
    onApplicationStart: async () => await this.registry_.start(),
    onApplicationShutdown: async () => await this.registry_.stop(),
  }

  constructor(container: InjectedDependencies) {
    this.registry_ = container.encryptionRegistry
    this.keySource_ = container.encryptionKeySource
    this.rotation_ = container.encryptionRotation
    this.policy_ = container.encryptionPolicy
    this.readingConfigured_ = container.encryptionReadingConfigured
    this.columns_ = () => container.encryptionColumns
    this.log_ = logsOperations(process.env)
      ? createOperationLog(() => resolveLogger(container))
      : undefined
  }

  /**
   * Seals a secret with the active key.
   *
   * @param plaintext - the secret
   * @param context - the row and field that will hold it; without one the envelope is not protected
   * against being copied elsewhere
   * @returns an envelope of format 2
   * @throws InvalidPlaintextError, InvalidContextError
   * @throws ActiveKeyMissingError, RegistryUntrustedError, RegistryUnreadableError where this
   * process may not seal
   */
  async encrypt(
    plaintext: string | SecretString,
    context: EncryptionContext = UNBOUND_CONTEXT
  ): Promise<EnvelopeV2> {
    const key = sealingKey(await this.registry_.state())
    await this.registry_.reserve(key.version)
    return this.seal_(plaintext, context, key)
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
    return this.open_(data, context, await this.registry_.state())
  }

  /**
   * Tells, without opening it, whether a stored envelope is of an old format or not under the
   * active key.
   *
   * @param data - the envelope as object, JSON text or base64 of JSON text
   * @returns true when {@link reEncrypt} should be called
   * @throws MalformedEnvelopeError, PlaintextNotAllowedError
   */
  async needsReEncryption(data: Envelope | string): Promise<boolean> {
    const { format, envelope } = requireEnvelope(data, UNBOUND_CONTEXT)
    const { activeVersion } = await this.registry_.state()
    return format === "v1" || envelope.keyVersion !== activeVersion
  }

  /**
   * Opens an envelope and seals its secret again with the active key, in format 2.
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
    const { keyring } = await this.registry_.state()
    return blindIndex(keyring.get(keyVersion), column, value)
  }

  /**
   * {@link reEncrypt} for bulk work, on the keys and the policy of this moment: take a new one for
   * each batch. What it returns works synchronously, does nothing for an envelope that is as it
   * should be, and makes the blind index of the secret on the way.
   */
  async reEncrypter(): Promise<ReEncrypt> {
    const state = await this.registry_.state()
    const key = sealingKey(state)
    await this.registry_.reserve(key.version)
    return createReEncrypt(key, {
      open: (data, context) => this.open_(data, context, state),
      seal: (secret, context) => this.seal_(secret, context, key),
    })
  }

  /**
   * What {@link blindIndex} may have stored for a secret, under any key that is in use.
   *
   * @returns one digest for each key, the active one's first
   * @throws InvalidContextError, InvalidPlaintextError
   */
  async blindIndexCandidates(
    value: string | SecretString,
    column: BlindIndexColumn
  ): Promise<string[]> {
    const { keyring } = await this.registry_.state()
    const usable = keyring.keys.filter(({ state }) => state !== "retired")
    const isOther = (key: Key) => Number(key !== keyring.active)
    return usable
      .sort((left, right) => isOther(left) - isOther(right))
      .map((key) => blindIndex(key, column, value))
  }

  /** @returns the policy in force: what is configured, but never below the stored floor */
  async policy(): Promise<Readonly<EncryptionPolicy>> {
    const { floor } = await this.registry_.state()
    return withFloor(this.policy_, floor)
  }

  /** @returns the version of the active key, whether this process has it or not */
  async activeKeyVersion(): Promise<number> {
    return (await this.registry_.state()).activeVersion
  }

  /**
   * Asks before something that cannot be undone whether its result can be sealed.
   *
   * @throws ActiveKeyMissingError, RegistryUntrustedError, RegistryUnreadableError
   */
  async assertCanSeal(): Promise<void> {
    sealingKey(await this.registry_.state())
  }

  /** @returns why this process seals nothing; null when it does */
  async sealingRefusal(): Promise<{ code: string; message: string } | null> {
    const { refusal } = await this.registry_.state()
    return refusal && { code: refusal.code, message: refusal.message }
  }

  /** @returns what may be told about every configured key, lowest version first */
  async keyVersions(): Promise<KeyVersionInfo[]> {
    const { keyring } = await this.registry_.state()
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
      this.registry_.state(),
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
   * Makes a configured key the active one, in every process.
   *
   * @param actorId - who does it, for the audit trail; null where no person does
   * @throws UnknownKeyVersionError, KeyRetiredError, InvalidKeyError
   * @throws KeyNotEverywhereError when a running process does not have the key
   */
  async promoteKey(
    version: number,
    actorId: string | null = null
  ): Promise<void> {
    await this.registry_.promote(version, actorId)
  }

  /**
   * Retires a key that no stored value needs any more; the caller has counted.
   *
   * @param actorId - who does it, for the audit trail; null where no person does
   * @returns false when it is the active one, was never promoted, or was replaced a moment ago
   * @throws KeyNotEverywhereError when a running process does not have the active key
   */
  async retireKey(
    version: number,
    actorId: string | null = null
  ): Promise<boolean> {
    return await this.registry_.retire(version, actorId)
  }

  /**
   * Raises the policy floor; it never goes down.
   *
   * @param actorId - who does it, for the audit trail; null where no person does
   */
  async raisePolicyFloor(
    floor: PolicyFloor,
    actorId: string | null = null
  ): Promise<void> {
    await this.registry_.raiseFloor(floor, actorId)
  }

  /**
   * Has the key source make a new key, which waits for its promotion.
   *
   * @returns its version; null where the source cannot make keys
   */
  async makeKey(actorId: string | null = null): Promise<number | null> {
    return await this.registry_.makeKey(actorId)
  }

  /** @returns the age from which the active key is replaced on schedule, in days; null for never */
  async rotationDays(): Promise<number | null> {
    return this.rotation_
  }

  /** @returns whether new keys can be made without an operator */
  async canMakeKeys(): Promise<boolean> {
    return !!this.keySource_.make && !!this.keySource_.unwrap
  }

  /** @returns a sentence for each thing about the keeping of the keys that an operator should put right */
  async keySourceProblems(): Promise<string[]> {
    return (await this.keySource_.check?.()) ?? []
  }

  /** @returns the running processes and the keys that each has */
  async processes(): Promise<LiveProcess[]> {
    return await this.registry_.processes()
  }

  /** Adds to the audit trail of what is done with keys: names and counts, never a value. */
  async recordAudit(entry: AuditEntry): Promise<void> {
    await this.registry_.recordAudit(entry)
  }

  /** Reads that audit trail, the newest entry first. */
  async listAudit(page: {
    limit: number
    offset: number
  }): Promise<{ events: AuditEvent[]; count: number }> {
    return await this.registry_.listAudit(page)
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

  /** Columns of the application's own tables that operations on keys take in. */
  async columns(): Promise<RegisteredColumn[]> {
    return await this.columns_().list()
  }

  /** Has operations on keys take in a column of the application's from now on. */
  async registerColumn(column: EncryptedColumn): Promise<void> {
    await this.columns_().record(column)
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
