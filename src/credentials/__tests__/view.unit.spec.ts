import { genericProvider } from "../../providers/generic/provider"
import { viewCredentials } from "../view"

const row = (
  api_config: Record<string, unknown> | null,
  change: Record<string, unknown> = {}
) =>
  ({
    api_config,
    auth_type: "api_key",
    status: "active",
    token_validity: "unknown",
    ...change,
  }) as Parameters<typeof viewCredentials>[0]

const envelope = { v: 2, encrypted: "SECRET", iv: "i", authTag: "t", keyVersion: 3, kid: "k" }

describe("what is shown of a platform", () => {
  it("is how its credentials are stored, never a value or an envelope", () => {
    const view = viewCredentials(
      row({
        api_key_encrypted: envelope,
        webhook_secret: "PLAINTEXT",
        licence_key: "UNDECLARED",
        probe_url: "https://api.example.com",
      }),
      genericProvider
    )
    expect(view).toEqual({
      api_config: { probe_url: "https://api.example.com" },
      connection: "connected",
      credentials: [
        { name: "api_key", configured: true, storage: "encrypted", key_version: 3 },
        { name: "webhook_secret", configured: true, storage: "plaintext", key_version: null },
        { name: "licence_key", configured: true, storage: "plaintext", key_version: null },
      ],
    })
    expect(JSON.stringify(view)).not.toMatch(/SECRET|PLAINTEXT|UNDECLARED/)
  })

  it("hides what looks secret even when its provider is gone", () => {
    const view = viewCredentials(
      row({ session_cookie: "PLAINTEXT", region: "eu" }),
      undefined
    )
    expect(view.api_config).toEqual({ region: "eu" })
    expect(JSON.stringify(view)).not.toContain("PLAINTEXT")
  })

  it.each([
    ["nothing stored", null, {}, "not_connected"],
    ["its key stored", { api_key_encrypted: envelope }, {}, "connected"],
    ["another credential only", { webhook_secret_encrypted: envelope }, {}, "not_connected"],
    ["a refused key", { api_key_encrypted: envelope }, { token_validity: "false" }, "reauthorization_required"],
    ["an error", { api_key_encrypted: envelope }, { status: "error" }, "error"],
    ["a damaged envelope", { api_key_encrypted: { encrypted: 7 } }, {}, "connected"],
  ])("with %s is its connection", (_, api_config, change, expected) => {
    expect(
      viewCredentials(row(api_config, change), genericProvider).connection
    ).toBe(expected)
  })
})
