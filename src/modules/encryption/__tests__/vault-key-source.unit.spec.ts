import { inspect } from "node:util"

import { KeySourceError } from "../errors"
import {
  vaultContext,
  type VaultTransitOptions,
  vaultTransitKeySource,
} from "../key-sources/vault-transit"
import { createKeyring } from "../keys/keyring"
import {
  type Answer,
  type Asked,
  type KeyService,
  QUICK,
  startKeyService,
} from "./key-service"
import {
  CONTEXT,
  createService,
  everythingItPrints,
  failureOf,
  rootOf,
} from "./support"

const TOKEN = "hvs.a-token-of-vault-that-must-not-show"
const WRAPPED: Record<number, string> = {
  1: "vault:v1:b25l",
  2: "vault:v1:dHdv",
}

/** Vault's transit engine, with a derived key: it unwraps only under the context of the wrapping. */
function transit({ method, path, headers, body }: Asked): Answer {
  const error = (status: number, text: string): Answer => ({
    status,
    body: { errors: [text] },
  })
  if (headers["x-vault-token"] !== TOKEN) {
    return error(403, "permission denied")
  }
  if (method !== "POST" || path !== "/v1/transit/decrypt/shop") {
    return error(404, "no handler for route")
  }
  const version = [1, 2].find(
    (candidate) => WRAPPED[candidate] === body.ciphertext
  )
  const expected = `plugin=medusa-plugin-social-platforms,purpose=credentials,version=${version}`
  if (
    !version ||
    Buffer.from(String(body.context), "base64").toString() !== expected
  ) {
    return error(400, "cipher: message authentication failed")
  }
  return {
    status: 200,
    body: { data: { plaintext: rootOf(version).toString("base64") } },
  }
}

let vault: KeyService
const services: KeyService[] = []
const start = async (
  answer: (asked: Asked) => Answer | undefined,
  port?: number
) => {
  vault = await startKeyService(answer, port)
  services.push(vault)
}
afterEach(async () => {
  await Promise.all(services.splice(0).map((service) => service.stop()))
})

/** The requests to unwrap, without those that try whether the key is a derived one. */
const unwraps = () =>
  vault.asked.filter(({ body }) =>
    Buffer.from(String(body.context), "base64").toString().startsWith("plugin=")
  )

const source = (options: Partial<VaultTransitOptions> = {}) =>
  vaultTransitKeySource({
    address: vault.address,
    token: TOKEN,
    key: "shop",
    keys: [1, 2].map((version) => ({ version, wrapped: WRAPPED[version] })),
    retry: QUICK,
    ...options,
  })

/** What went wrong; it must not quote token, wrapped key, address path or the service's words. */
async function refusal(
  options: Partial<VaultTransitOptions> = {}
): Promise<KeySourceError> {
  const error = await failureOf(() => source(options).load())
  const printed = everythingItPrints(error)
  for (const secret of [
    TOKEN,
    WRAPPED[1],
    WRAPPED[2],
    "words of the service",
  ]) {
    expect(printed).not.toContain(secret)
  }
  expect(error).toBeInstanceOf(KeySourceError)
  return error as KeySourceError
}

describe("keys wrapped by HashiCorp Vault", () => {
  it("are unwrapped with the documented request, the highest version as the active one", async () => {
    await start(transit)
    const keys = await source({ namespace: "shops/north" }).load()

    expect(keys.map(({ version, state }) => [version, state])).toEqual([
      [1, "decrypt_only"],
      [2, "active"],
    ])
    expect(keys.map(({ secret }) => secret)).toEqual([rootOf(1), rootOf(2)])
    expect(unwraps()).toHaveLength(2)
    expect(vault.asked[0]).toMatchObject({
      method: "POST",
      path: "/v1/transit/decrypt/shop",
      headers: { "x-vault-token": TOKEN, "x-vault-namespace": "shops/north" },
      body: {
        ciphertext: WRAPPED[1],
        context: Buffer.from(vaultContext(1)).toString("base64"),
      },
    })
  })

  it("have the marked version as the active one, and what lies ahead of it pending", async () => {
    await start(transit)
    const keys = await source({ active_version: 1 }).load()
    expect(keys.map(({ state }) => state)).toEqual(["active", "pending"])
  })

  it("are unwrapped once, by callers at the same time and later", async () => {
    await start(transit)
    const shared = source()
    const [first, second] = await Promise.all([shared.load(), shared.load()])
    createKeyring(first)
    expect(second[0].secret).toEqual(rootOf(1))
    expect((await shared.load())[1].secret).toEqual(rootOf(2))
    expect(unwraps()).toHaveLength(2)
  })

  it("keep working when Vault is lost later", async () => {
    await start(transit)
    const shared = source()
    const { service } = createService({ keys: await shared.load() })
    const envelope = await service.encrypt("a token", CONTEXT)
    await vault.stop()

    expect((await service.decrypt(envelope, CONTEXT)).reveal()).toBe("a token")
    expect((await service.encrypt("another", CONTEXT)).keyVersion).toBe(2)
    expect((await shared.load())[1].secret).toEqual(rootOf(2))
  })

  it("do not unwrap under the context of another version", async () => {
    await start(transit)
    const error = await refusal({ keys: [{ version: 1, wrapped: WRAPPED[2] }] })
    expect(error).toMatchObject({ code: "key_unwrap_failed", keyVersion: 1 })
    expect(error.message).toContain("status 400")
    expect(error.message).toContain("context of its version")
    expect(unwraps()).toHaveLength(1)
  })

  it("say at once that permission is denied, and do not try again", async () => {
    await start(() => ({
      status: 403,
      body: { errors: ["words of the service"] },
    }))
    const error = await refusal({ keys: [{ version: 1, wrapped: WRAPPED[1] }] })
    expect(error).toMatchObject({ code: "key_source_denied", keyVersion: 1 })
    expect(error.message).toContain("credentials of this server")
    expect(unwraps()).toHaveLength(1)
  })

  it.each([
    ["a rate limit", 429],
    ["a sealed Vault", 503],
    ["a gateway's error", 502],
  ])("are asked for again after %s", async (_, status) => {
    let failures = 2
    await start((asked) =>
      failures-- > 0
        ? { status, body: { errors: ["words of the service"] } }
        : transit(asked)
    )
    const keys = await source({
      keys: [{ version: 1, wrapped: WRAPPED[1] }],
    }).load()
    expect(keys[0].secret).toEqual(rootOf(1))
    expect(unwraps()).toHaveLength(3)
  })

  it("give up after the set number of tries, and can be asked for again", async () => {
    let sealed = true
    await start((asked) =>
      sealed ? { status: 503, body: {} } : transit(asked)
    )
    const one = source({ keys: [{ version: 1, wrapped: WRAPPED[1] }] })
    const error = await failureOf(() => one.load())
    expect(error).toMatchObject({
      code: "key_source_unavailable",
      keyVersion: 1,
    })
    expect(error.message).toContain("after 4 tries")
    expect(unwraps()).toHaveLength(4)

    sealed = false
    expect((await one.load())[0].secret).toEqual(rootOf(1))
  })

  it("stop the start with a clear message when Vault is down", async () => {
    await start(transit)
    await vault.stop()
    const error = await refusal()
    expect(error.code).toBe("key_source_unavailable")
    expect(error.message).toMatch(
      /vault-transit .* transit\/shop after 4 tries: it could not be asked/
    )
  })

  it("start as soon as Vault is back while tries are left", async () => {
    await start(transit)
    const port = Number(new URL(vault.address).port)
    await vault.stop()
    const loading = source({
      retry: { ...QUICK, attempts: 20, base_delay: 50, max_delay: 50 },
    }).load()
    await start(transit, port)
    expect((await loading)[0].secret).toEqual(rootOf(1))
  })

  it("do not wait for ever for an answer", async () => {
    await start(() => undefined)
    const error = await refusal({
      retry: { attempts: 2, base_delay: 1, timeout: 50 },
    })
    expect(error.code).toBe("key_source_unavailable")
    expect(vault.asked.length).toBeGreaterThanOrEqual(2)
  })

  it("never send the token where a redirect points", async () => {
    const elsewhere = await startKeyService(transit)
    services.push(elsewhere)
    await start(() => ({
      status: 307,
      body: {},
      headers: { location: `${elsewhere.address}/v1/transit/decrypt/shop` },
    }))
    const error = await refusal({ keys: [{ version: 1, wrapped: WRAPPED[1] }] })
    expect(error.message).toContain("active node")
    expect(elsewhere.asked).toHaveLength(0)
  })

  it.each([
    ["without plaintext", { data: {} }, "key_unwrap_failed"],
    [
      "of another length",
      { data: { plaintext: Buffer.alloc(16, 1).toString("base64") } },
      "invalid_key",
    ],
    [
      "of zeros",
      { data: { plaintext: Buffer.alloc(32).toString("base64") } },
      "invalid_key",
    ],
  ])("are refused when the answer is %s", async (_, body, code) => {
    await start(() => ({ status: 200, body }))
    const error = await failureOf(() => source().load())
    expect(error.code).toBe(code)
  })

  it.each([
    "http://vault.example.com:8200",
    "http://10.0.0.5:8200",
    "http://127.0.0.1.example.com:8200",
  ])("are not asked for in the clear at %s", async (address) => {
    await start(transit)
    const error = await failureOf(() => source({ address }))
    expect(error.code).toBe("invalid_key")
    expect(error.message).toMatch(/must begin with https:\/\//)
  })

  it.each([
    "http://localhost:8200",
    "http://127.0.0.1:8200",
    "http://[::1]:8200",
    "https://vault.example.com:8200",
  ])("may be asked for at %s", async (address) => {
    await start(transit)
    expect(source({ address }).name).toBe("vault-transit")
  })

  it("are refused when the transit key is not a derived one, which would unwrap any of them for any version", async () => {
    await start(({ body }) => ({
      status: 200,
      body: {
        data: {
          plaintext: rootOf(body.ciphertext === WRAPPED[1] ? 1 : 2).toString(
            "base64"
          ),
        },
      },
    }))
    const error = await failureOf(() => source().load())
    expect(error.code).toBe("invalid_key")
    expect(error.message).toMatch(/not a derived one.*derived=true/)
    expect(everythingItPrints(error)).not.toContain(TOKEN)
  })

  it("print neither token nor keys", async () => {
    await start(transit)
    const shared = source()
    await shared.load()
    const printed = inspect(shared, { depth: Infinity, showHidden: true })
    expect(printed).not.toContain(TOKEN)
    expect(printed).not.toContain(rootOf(1).toString("base64"))
  })

  it.each<[string, Partial<VaultTransitOptions>, RegExp]>([
    ["no URL as address", { address: "vault:8200" }, /http or https URL/],
    ["no token", { token: "" }, /needs a token/],
    ["no key name", { key: "" }, /name of a key/],
    ["no keys", { keys: [] }, /at least one wrapped key/],
    [
      "a version twice",
      { keys: [1, 1].map((version) => ({ version, wrapped: "vault:v1:x" })) },
      /no version twice/,
    ],
    [
      "an empty wrapped key",
      { keys: [{ version: 1, wrapped: "" }] },
      /lacks the wrapped key/,
    ],
    ["an unknown active version", { active_version: 9 }, /names version 9/],
  ])("are refused with %s", async (_, options, message) => {
    await start(transit)
    const error = await failureOf(() => source(options))
    expect(error.message).toMatch(message)
  })
})
