import { genericDescription } from "../../../providers/generic/description"
import { sandboxDescription } from "../../../providers/sandbox/description"
import {
  credentialNames,
  isSecretField,
  refuseSecretMetadata,
  requireFields,
  splitApiConfig,
} from "../fields"

const envelope = {
  v: 2,
  encrypted: "AAAA",
  iv: "AAAAAAAAAAAAAAAA",
  authTag: "AAAAAAAAAAAAAAAAAAAAAA==",
  keyVersion: 1,
  kid: "AAAAAAAAAAAAAAAAAAAAAA",
}

const refusalOf = (input: Record<string, unknown>): string => {
  try {
    splitApiConfig(genericDescription, input)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error("It was accepted.")
}

describe("a key of api_config", () => {
  it.each([
    ["api_key", true],
    ["access_token", true],
    ["id_token", true],
    ["webhook_secret", true],
    // Declared as a setting, although its name looks like a secret's.
    ["api_key_header", false],
    ["username", false],
    // Not declared: denied by default where it looks like one.
    ["licence_key", true],
    ["account_sid", true],
    ["appBearerToken", true],
    ["region", false],
  ])("%s is a secret: %s", (name, expected) => {
    expect(isSecretField(genericDescription, name)).toBe(expected)
  })

  it("is judged by its name alone when its provider is gone", () => {
    expect(isSecretField(undefined, "api_key_header")).toBe(true)
    expect(isSecretField(undefined, "region")).toBe(false)
  })
})

describe("what a client sends as api_config", () => {
  it("is split into settings and secrets", () => {
    expect(
      splitApiConfig(genericDescription, {
        api_key: "k",
        webhook_secret: null,
        probe_url: "https://api.example.com/me",
        region: "eu",
        limits: { daily: 5, hosts: ["a", "b"] },
      })
    ).toEqual({
      secrets: { api_key: "k", webhook_secret: null },
      settings: {
        probe_url: "https://api.example.com/me",
        region: "eu",
        limits: { daily: 5, hosts: ["a", "b"] },
      },
    })
  })

  it.each([
    ["an envelope under its own key", { api_key: envelope }],
    ["an envelope as text", { region: JSON.stringify(envelope) }],
    [
      "an envelope as base64",
      { region: Buffer.from(JSON.stringify(envelope)).toString("base64") },
    ],
    ["a damaged envelope", { region: { encrypted: "x", iv: "y" } }],
    ["a nested envelope", { extra: { deep: [envelope] } }],
  ])("may not hold %s", (_, input) => {
    expect(refusalOf(input)).toMatch(/looks like an encrypted value/)
  })

  it("may not name the place of an envelope", () => {
    expect(refusalOf({ api_key_encrypted: "x" })).toBe(
      'api_config.api_key_encrypted cannot be set: encrypted values are made by the plugin. Send "api_key" with the secret itself.'
    )
  })

  it("may not hide a secret deeper down, and the refusal does not repeat it", () => {
    const message = refusalOf({ extra: { deep: { password: "hunter2" } } })
    expect(message).toMatch(
      /api_config\.extra\.deep\.password looks like a secret/
    )
    expect(message).not.toContain("hunter2")
  })

  it.each([
    ["a number", 7],
    ["an empty string", ""],
    ["blanks", "  "],
    ["a list", ["k"]],
    ["an object", { value: "k" }],
  ])("may not have %s as a secret", (_, value) => {
    expect(refusalOf({ api_key: value })).toMatch(
      "api_config.api_key must be a non-empty string, or null to erase it."
    )
  })

  it.each(["ftp://example.com", "example.com", 7, "javascript:alert(1)"])(
    "may not have %j as an address",
    (probe_url) => {
      expect(refusalOf({ probe_url })).toMatch(
        "api_config.probe_url must be an address that starts with https://."
      )
    }
  )
})

describe("metadata", () => {
  it("may not hold what looks like a secret", () => {
    expect(() =>
      refuseSecretMetadata({ note: "x", api_token: "hunter2" })
    ).toThrow(
      "metadata.api_token looks like a secret, and metadata is not encrypted. Put it into api_config."
    )
    expect(() => refuseSecretMetadata({ note: "x" })).not.toThrow()
    expect(() => refuseSecretMetadata(null)).not.toThrow()
  })
})

describe("a platform's required fields", () => {
  it("are those of its authentication type", () => {
    expect(() =>
      requireFields(genericDescription, "basic", new Set(["username"]))
    ).toThrow(
      'A platform of provider "generic" with auth_type "basic" needs in api_config: password.'
    )
    expect(() =>
      requireFields(genericDescription, "api_key", new Set(["api_key"]))
    ).not.toThrow()
  })
})

describe("a platform's credentials", () => {
  it("are the declared ones, the tokens, and whatever else is stored", () => {
    expect(
      credentialNames(sandboxDescription, "oauth2", {
        extra_secret_encrypted: envelope,
        webhook_token: "left in plaintext",
        region: "eu",
      })
    ).toEqual([
      "client_secret",
      "access_token",
      "refresh_token",
      "extra_secret",
      "webhook_token",
    ])
  })
})
