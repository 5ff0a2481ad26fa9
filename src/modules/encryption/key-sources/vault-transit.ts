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
  /** May do nothing but `update` on `<mount>/decrypt/<key>`. */
  token: string | SecretString
  /** Name of the transit key that wraps the root keys. Make it with `derived=true`. */
  key: string
  /** Path of the transit engine. @default "transit" */
  mount?: string
  /** Of Vault Enterprise. */
  namespace?: string
  /** Versions and their wrapped keys, `vault:v1:…`. */
  keys: readonly { version: number; wrapped: string }[]
  /** The primary; without it the highest version is. */
  primary_version?: number
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

function parseAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw new InvalidKeyError(
      "The address of Vault must be an http or https URL, for example https://vault.example.com:8200."
    )
  }
  return url
}

const encodePath = (text: string): string =>
  text.split("/").filter(Boolean).map(encodeURIComponent).join("/")

async function readPlaintext(response: Response): Promise<Buffer> {
  const body: unknown = await response.json().catch(() => undefined)
  const text = (body as { data?: { plaintext?: unknown } } | undefined)?.data
    ?.plaintext
  const plaintext = typeof text === "string" ? decodeBase64(text) : undefined
  if (!plaintext) {
    throw new UnwrapError("rejected", "its answer has no plaintext")
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
    `it refused the wrapped key (status ${status})`
  )
}

/**
 * Unwraps root keys with the transit engine of HashiCorp Vault (`POST /v1/<mount>/decrypt/<key>`).
 *
 * @param options - server, token and wrapped keys
 * @returns the source
 * @throws InvalidKeyError, MissingKeyError when an option is missing or unusable
 */
export function vaultTransitKeySource(options: VaultTransitOptions): KeySource {
  const {
    key,
    mount = "transit",
    namespace,
    keys,
    primary_version,
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
  const url = new URL(
    `${base}/v1/${encodePath(mount)}/decrypt/${encodePath(key)}`,
    address
  )

  return unwrappingKeySource({
    name: "vault-transit",
    keys: keys.map(({ version, wrapped }) => ({
      version,
      wrapped,
      kek_id: `${mount}/${key}`,
    })),
    primary_version,
    retry,
    async unwrap({ version, wrapped }, signal) {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-vault-token": token.reveal(),
          "x-vault-request": "true",
          ...(namespace ? { "x-vault-namespace": namespace } : {}),
        },
        body: JSON.stringify({
          ciphertext: wrapped,
          context: Buffer.from(vaultContext(version)).toString("base64"),
        }),
        // fetch would carry the token along.
        redirect: "manual",
        signal,
      })
      if (response.ok) {
        return readPlaintext(response)
      }
      await response.body?.cancel()
      throw refusal(response.status)
    },
  })
}
