import { InvalidKeyError } from "../errors"
import type { KeySource, WrappedKey } from "../keys/key-source"
import { decodeBase64 } from "../envelope/strict-base64"
import {
  kindOf,
  type RetryOptions,
  UnwrapError,
  unwrappingKeySource,
  wrapContext,
} from "./unwrap"

export type AwsKmsOptions = {
  /**
   * Versions with the wrapped key (base64 of CiphertextBlob) and the KMS key that wraps it (its ARN,
   * id or alias).
   */
  keys: readonly WrappedKey[]
  /**
   * The active version, where an operator names it. Without it the key registry's active key stays
   * the active one, and the first start takes the highest version.
   */
  active_version?: number
  /**
   * The KMS key that wraps keys which the scheduled rotation makes. @default that of the highest
   * version
   */
  kek_id?: string
  /** For example `eu-central-1`; without it the SDK looks where it always does. */
  region?: string
  /** Of a VPC endpoint or a local stand-in. */
  endpoint?: string
  /** Without it the SDK's own chain of providers decides. */
  credentials?: {
    accessKeyId: string
    secretAccessKey: string
    sessionToken?: string
  }
  retry?: RetryOptions
}

// What is used of @aws-sdk/client-kms. Its own types would make every user of this plugin install it.
type DecryptInput = {
  CiphertextBlob: Uint8Array
  KeyId: string
  EncryptionContext: Record<string, string>
  EncryptionAlgorithm: "SYMMETRIC_DEFAULT"
}
type GenerateInput = {
  KeyId: string
  KeySpec: "AES_256"
  EncryptionContext: Record<string, string>
}
type KmsClient = {
  send(
    command: object,
    options: { abortSignal: AbortSignal }
  ): Promise<{ Plaintext?: Uint8Array; CiphertextBlob?: Uint8Array }>
}
type KmsSdk = {
  KMSClient: new (configuration: object) => KmsClient
  DecryptCommand: new (input: DecryptInput) => object
  GenerateDataKeyWithoutPlaintextCommand: new (input: GenerateInput) => object
}

// Not a literal in the import, so that nobody's compiler or bundler asks for the optional package.
const SDK: string = "@aws-sdk/client-kms"

/** Those of a role have ended: the SDK looks for new ones at the next try. */
const EXPIRED = "ExpiredTokenException"

const DENIED = new Set([
  "AccessDeniedException",
  "UnrecognizedClientException",
  "InvalidSignatureException",
  "IncompleteSignature",
  "MissingAuthenticationToken",
  EXPIRED,
  "InvalidClientTokenId",
])

/** The SDK found no credentials: at the start of a machine they can be some seconds late. */
const NO_CREDENTIALS = new Set([
  "CredentialsProviderError",
  "TokenProviderError",
])

const TEMPORARY = new Set([
  "ThrottlingException",
  "LimitExceededException",
  "RequestLimitExceeded",
  "DependencyTimeoutException",
  "KMSInternalException",
  "KeyUnavailableException",
  "ServiceUnavailable",
])

async function loadSdk(): Promise<KmsSdk> {
  try {
    return (await import(SDK)) as KmsSdk
  } catch {
    throw new InvalidKeyError(
      `The key source aws-kms needs the package ${SDK}. Install it beside this plugin: npm install ${SDK}`
    )
  }
}

/**
 * The SDK's error by its name and status only: its message can quote the request.
 *
 * @param isFixed - whether the credentials are those of the options, and stay what they are
 */
function failureOf(error: unknown, isFixed: boolean): UnwrapError {
  const { name = "unknown error", $metadata } = (error ?? {}) as {
    name?: string
    $metadata?: { httpStatusCode?: number }
  }
  const status = $metadata?.httpStatusCode
  if (name === EXPIRED && !isFixed) {
    return new UnwrapError(
      "unavailable",
      `the credentials that the AWS SDK has found are expired (${name}); give this server new ones`
    )
  }
  if (DENIED.has(name)) {
    return new UnwrapError("denied", `it denied permission (${name})`)
  }
  if (NO_CREDENTIALS.has(name)) {
    return new UnwrapError(
      "unavailable",
      `the AWS SDK has found no credentials (${name}); give this server a role, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`
    )
  }
  // No status: the service was not reached.
  if (
    TEMPORARY.has(name) ||
    status === undefined ||
    status === 429 ||
    status >= 500
  ) {
    return new UnwrapError(
      "unavailable",
      `it is not available (${kindOf(error)})`
    )
  }
  return new UnwrapError("rejected", `it refused the request (${name})`)
}

function decodeWrapped({ version, wrapped }: WrappedKey): Buffer {
  const blob = decodeBase64(wrapped)
  if (!blob) {
    throw new InvalidKeyError(
      `The wrapped key of version ${version} is not canonical base64. Copy CiphertextBlob as the AWS command line prints it.`,
      { keyVersion: version }
    )
  }
  return blob
}

const kekOfHighest = (keys: readonly WrappedKey[]): string =>
  [...keys].sort((left, right) => right.version - left.version)[0]?.kek_id ?? ""

/**
 * Unwraps root keys with AWS KMS (`Decrypt`), and makes new ones (`GenerateDataKeyWithoutPlaintext`). The encryption context names the plugin, the purpose
 * and the key version.
 *
 * @param options - wrapped keys and how to reach the service
 * @returns the source; its `load` throws InvalidKeyError when `@aws-sdk/client-kms` is not installed
 * @throws InvalidKeyError, MissingKeyError when an option is missing or unusable
 */
export function awsKmsKeySource(options: AwsKmsOptions): KeySource {
  const { keys, active_version, region, endpoint, credentials, retry } = options
  const kek_id = options.kek_id ?? kekOfHighest(keys)
  let connected: Promise<{ sdk: KmsSdk; client: KmsClient }> | undefined

  const connect = () => {
    connected ??= loadSdk().then((sdk) => {
      const settings = Object.entries({ region, endpoint, credentials })
      const given = Object.fromEntries(
        settings.filter(([, value]) => value !== undefined)
      )
      // Retries are counted and bounded in one place, and not in two that multiply.
      return { sdk, client: new sdk.KMSClient({ ...given, maxAttempts: 1 }) }
    })
    return connected
  }

  /** Sends a command; the SDK's errors do not come through. */
  const send = async (
    commandOf: (sdk: KmsSdk) => object,
    abortSignal: AbortSignal
  ) => {
    const { sdk, client } = await connect()
    return client.send(commandOf(sdk), { abortSignal }).catch((error) => {
      throw failureOf(error, credentials !== undefined)
    })
  }

  return unwrappingKeySource({
    name: "aws-kms",
    keys,
    active_version,
    retry,
    async unwrap(key, signal) {
      const CiphertextBlob = decodeWrapped(key)
      const { Plaintext } = await send(
        (sdk) =>
          new sdk.DecryptCommand({
            CiphertextBlob,
            KeyId: key.kek_id,
            EncryptionContext: wrapContext(key.version),
            EncryptionAlgorithm: "SYMMETRIC_DEFAULT",
          }),
        signal
      )
      if (!Plaintext) {
        throw new UnwrapError("rejected", "its response has no plaintext")
      }
      return Buffer.from(
        Plaintext.buffer,
        Plaintext.byteOffset,
        Plaintext.byteLength
      )
    },
    async make(version, signal) {
      const { CiphertextBlob } = await send(
        (sdk) =>
          new sdk.GenerateDataKeyWithoutPlaintextCommand({
            KeyId: kek_id,
            KeySpec: "AES_256",
            EncryptionContext: wrapContext(version),
          }),
        signal
      )
      if (!CiphertextBlob) {
        throw new UnwrapError("rejected", "its response has no wrapped key")
      }
      const wrapped = Buffer.from(CiphertextBlob).toString("base64")
      return { version, wrapped, kek_id }
    },
  })
}
