import { SecretString } from "../../../secrets/secret-string"
import { InvalidKeyError } from "../errors"
import type { KeySource } from "../keys/key-source"
import { decodeBase64 } from "../envelope/strict-base64"
import {
  type RetryOptions,
  UnwrapError,
  unwrappingKeySource,
  wrapContext,
} from "./unwrap"

export type VaultTransitOptions = {
  /** Of the Vault server, for example `https://vault.example.com:8200`. */
  address: string
  /**
   * May do nothing but `update` on `<mount>/decrypt/<key>`, and, for the scheduled rotation, on
   * `<mount>/datakey/wrapped/<key>`.
   */
  token: string | SecretString
  /** Name of the transit key that wraps the root keys. Make it with `derived=true`. */
  key: string
  /** Path of the transit engine. @default "transit" */
  mount?: string
  /** Of Vault Enterprise. */
  namespace?: string
  /** Versions and their wrapped keys, `vault:v1:…`. */
  keys: readonly { version: number; wrapped: string }[]
  /**
   * The active version, where an operator names it. Without it the key registry's active key stays
   * the active one, and the first start takes the highest version.
   */
  active_version?: number
  retry?: RetryOptions
}

/** Statuses that pass by themselves: rate limit, sealed or starting, and whatever stands before it. */
const isTemporary = (status: number): boolean =>
  status === 412 || status === 429 || status >= 500

/**
 * The context that Vault derives the wrapping key with.
 *
 * @param version - key version
 * @returns text to give, in base64, as `context` when the key is wrapped
 */
export const vaultContext = (version: number): string =>
  Object.entries(wrapContext(version))
    .map(([name, value]) => `${name}=${value}`)
    .join(",")

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/

function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw new InvalidKeyError(
      "The address of Vault must be an http or https URL, for example https://vault.example.com:8200."
    )
  }
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname)) {
    throw new InvalidKeyError(
      "The address of Vault must begin with https://: over http the token and the unwrapped keys could be read on the way. Only an agent on this machine may be reached over http."
    )
  }
  return url
}

const encodePath = (text: string): string =>
  text.split("/").filter(Boolean).map(encodeURIComponent).join("/")

async function readMember(
  response: Response,
  name: "plaintext" | "ciphertext"
): Promise<string | undefined> {
  const body: unknown = await response.json().catch(() => undefined)
  const value = (body as { data?: Record<string, unknown> } | undefined)
    ?.data?.[name]
  return typeof value === "string" ? value : undefined
}

async function readPlaintext(response: Response): Promise<Buffer> {
  const text = await readMember(response, "plaintext")
  const plaintext = text === undefined ? undefined : decodeBase64(text)
  if (!plaintext) {
    throw new UnwrapError("rejected", "its response has no plaintext")
  }
  return plaintext
}

function refusal(status: number): UnwrapError {
  if (isTemporary(status)) {
    return new UnwrapError("unavailable", `it answered with status ${status}`)
  }
  if (status === 401 || status === 403) {
    return new UnwrapError("denied", `it denied permission (status ${status})`)
  }
  if (status >= 300 && status < 400) {
    return new UnwrapError(
      "rejected",
      "it redirected elsewhere, where the token is not sent; give the address of the active node"
    )
  }
  return new UnwrapError(
    "rejected",
    `it refused the request (status ${status})`
  )
}

/** A context that nothing was wrapped with. */
const OTHER_CONTEXT = "not-a-context-of-a-key"

/**
 * Unwraps root keys with the transit engine of HashiCorp Vault (`POST /v1/<mount>/decrypt/<key>`),
 * and makes new ones (`POST /v1/<mount>/datakey/wrapped/<key>`).
 *
 * @param options - server, token and wrapped keys
 * @returns the source; its `load` throws InvalidKeyError when the transit key is not a derived one
 * @throws InvalidKeyError, MissingKeyError when an option is missing or unusable
 */
export function vaultTransitKeySource(options: VaultTransitOptions): KeySource {
  const {
    key,
    mount = "transit",
    namespace,
    keys,
    active_version,
    retry,
  } = options
  const address = parseAddress(options.address)
  const token =
    options.token instanceof SecretString
      ? options.token
      : new SecretString(options.token ?? "")
  if (token.reveal() === "" || !key) {
    throw new InvalidKeyError(
      "The key source vault-transit needs a token and the name of a key."
    )
  }
  const base = address.pathname.replace(/\/+$/, "")
  const kek_id = `${mount}/${key}`

  const post = (
    operation: string,
    context: string,
    body: object,
    signal: AbortSignal
  ): Promise<Response> =>
    fetch(
      new URL(
        `${base}/v1/${encodePath(mount)}/${operation}/${encodePath(key)}`,
        address
      ),
      {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-vault-token": token.reveal(),
          "x-vault-request": "true",
          ...(namespace ? { "x-vault-namespace": namespace } : {}),
        },
        body: JSON.stringify({
          ...body,
          context: Buffer.from(context).toString("base64"),
        }),
        // fetch would carry the token along.
        redirect: "manual",
        signal,
      }
    )

  /** A transit key that is not derived ignores the context, so that any wrapped key passes for any version. */
  const assertDerived = async (
    { version, wrapped }: { version: number; wrapped: string },
    signal: AbortSignal
  ): Promise<void> => {
    const body = { ciphertext: wrapped }
    const response = await post("decrypt", OTHER_CONTEXT, body, signal)
    await response.body?.cancel()
    if (response.ok) {
      throw new InvalidKeyError(
        `The transit key ${kek_id} of Vault is not a derived one: it unwraps whatever the context says. Make one with derived=true, and wrap the keys with it.`,
        { keyVersion: version }
      )
    }
    if (response.status !== 400) {
      throw refusal(response.status)
    }
  }

  return unwrappingKeySource({
    name: "vault-transit",
    keys: keys.map(({ version, wrapped }) => ({ version, wrapped, kek_id })),
    active_version,
    retry,
    async unwrap(wrappedKey, signal) {
      const { version, wrapped } = wrappedKey
      const body = { ciphertext: wrapped }
      const response = await post(
        "decrypt",
        vaultContext(version),
        body,
        signal
      )
      if (!response.ok) {
        await response.body?.cancel()
        throw refusal(response.status)
      }
      const secret = await readPlaintext(response)
      await assertDerived(wrappedKey, signal)
      return secret
    },
    async make(version, signal) {
      const response = await post(
        "datakey/wrapped",
        vaultContext(version),
        { bits: 256 },
        signal
      )
      if (!response.ok) {
        await response.body?.cancel()
        throw refusal(response.status)
      }
      const wrapped = await readMember(response, "ciphertext")
      if (!wrapped) {
        throw new UnwrapError("rejected", "its response has no wrapped key")
      }
      return { version, wrapped, kek_id }
    },
  })
}
