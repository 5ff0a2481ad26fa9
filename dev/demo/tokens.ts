import assert from "node:assert/strict"
import {
  isEnvelopeV2,
  openV2,
} from "../../src/modules/encryption/envelope/format-2"
import { environmentKeySource } from "../../src/modules/encryption/key-sources/environment"
import { createKeyring } from "../../src/modules/encryption/keys/keyring"
import type { EnvelopeV2 } from "../../src/modules/encryption/types"
import { platformContext } from "../../src/modules/socials/utils/token-helpers"
import { CLIENT_SECRET, type Keys, type Stage } from "./stage"

export const tokenNames = ["access_token", "refresh_token"] as const
export type TokenName = (typeof tokenNames)[number]

type Tokens = {
  /** The row as PostgreSQL holds it. */
  row: { api_config: Record<string, unknown>; key_version: number | null }
  sealed: Record<TokenName, EnvelopeV2>
  opened: Record<TokenName, string>
}

/**
 * Opens the tokens that a platform's row holds now, and notes them as secrets.
 * To be called after whatever may have replaced them.
 *
 * @throws AssertionError when the row holds anything but two envelopes
 */
export async function collectTokens(
  { database, keys, secrets }: Stage,
  id: string
): Promise<Tokens> {
  const { rows } = await database.query<Tokens["row"]>(
    "select api_config, key_version from social_platform where id = $1",
    [id]
  )
  const [row] = rows
  const sealed = {} as Tokens["sealed"]
  const opened = {} as Tokens["opened"]
  for (const name of tokenNames) {
    const value = row.api_config[`${name}_encrypted`]
    assert.ok(
      typeof value === "object" && value !== null && isEnvelopeV2(value),
      `${name}_encrypted is not an envelope of format 2`
    )
    sealed[name] = value
    opened[name] = await openToken(keys, value, id, name)
    const kind = name.replace("_", " ")
    const known = [...secrets.values()].map(String)
    if (!known.includes(opened[name])) {
      const next = countSecrets(secrets, kind) + 1
      secrets.set(`${kind} ${next}`, Buffer.from(opened[name]))
    }
  }
  assert.equal(Object.keys(row.api_config).length, tokenNames.length)
  return { row, sealed, opened }
}

/** How many secrets of a kind are known, such as `access token`. */
export function countSecrets(secrets: Stage["secrets"], kind: string): number {
  return [...secrets.keys()].filter((name) => name.startsWith(`${kind} `))
    .length
}

/**
 * Opens a sealed token in this process, with the plugin's own code.
 *
 * @param keys - the variables that Medusa gets its keys from
 * @param id - the row that the token is sealed for
 * @throws EncryptionError when it does not open there
 */
export async function openToken(
  keys: Keys,
  envelope: EnvelopeV2,
  id: string,
  name: TokenName
): Promise<string> {
  const keyring = createKeyring(await environmentKeySource(keys).load())
  return openV2(keyring, envelope, platformContext(id, name))
}

/** Whether the network knows a token as valid (RFC 7662). */
export async function isLive(
  { sandboxUrl }: Stage,
  token: string
): Promise<boolean> {
  const client = Buffer.from(`medusa:${CLIENT_SECRET}`).toString("base64")
  const response = await fetch(`${sandboxUrl}/token/introspection`, {
    method: "POST",
    headers: { authorization: `Basic ${client}` },
    body: new URLSearchParams({ token }),
  })
  return ((await response.json()) as { active: boolean }).active
}
