import { genericProvider } from "../../providers/generic/provider"
import type {
  RefreshDescription,
  SocialProvider,
} from "../../providers/types"
import { viewAccess, viewCredentials } from "../view"

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
      genericProvider,
      {}
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
      undefined,
      {}
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
      viewCredentials(row(api_config, change), genericProvider, {}).connection
    ).toBe(expected)
  })

  it("is connected through a credential that the application shares", () => {
    const connection = (api_key: string) =>
      viewCredentials(row(null), genericProvider, { generic: { api_key } })
        .connection
    expect(connection("shared")).toBe("connected")
    expect(connection("")).toBe("not_connected")
  })
})

describe("what is shown of a granted access", () => {
  const SOON = new Date("2030-01-01")
  const LATE = new Date("2030-06-01")

  const providerOf = (
    scopes: string[],
    refresh?: RefreshDescription
  ): SocialProvider => ({
    description: {
      ...genericProvider.description,
      oauth2: {
        scopes,
        refresh,
        server: () => {
          throw new Error("What is shown needs no endpoints.")
        },
      },
    },
  })
  const granted = (change: Record<string, unknown> = {}) =>
    ({
      api_config: { access_token_encrypted: envelope },
      auth_type: "oauth2",
      scopes: null,
      token_expires_at: SOON,
      refresh_token_expires_at: LATE,
      ...change,
    }) as Parameters<typeof viewAccess>[0]
  const renewable = {
    api_config: {
      access_token_encrypted: envelope,
      refresh_token_encrypted: envelope,
    },
  }

  it("ends with the refresh token where there is one", () => {
    expect(viewAccess(granted(renewable), providerOf([]))).toMatchObject({
      renews_itself: true,
      reconnect_before: LATE,
    })
  })

  it("ends with the token where nothing renews it", () => {
    expect(viewAccess(granted(), providerOf([]))).toMatchObject({
      renews_itself: false,
      reconnect_before: SOON,
    })
    expect(
      viewAccess(granted({ token_expires_at: null }), undefined)
    ).toMatchObject({ reconnect_before: LATE })
  })

  it.each(["client_credentials", "exchange_current_token", "session"] as const)(
    "does not end by itself with the strategy %s",
    (strategy) => {
      expect(
        viewAccess(
          granted({ refresh_token_expires_at: null }),
          providerOf([], { strategy })
        )
      ).toMatchObject({ renews_itself: true, reconnect_before: null })
    }
  )

  it("lacks the scopes that were asked for and not granted", () => {
    const provider = providerOf(["posts:read", "posts:write"])
    expect(
      viewAccess(granted({ scopes: ["posts:read", "more"] }), provider)
        .missing_scopes
    ).toEqual(["posts:write"])
    expect(viewAccess(granted(), provider).missing_scopes).toEqual([])
    expect(
      viewAccess(granted({ scopes: [], auth_type: "bearer" }), provider)
        .missing_scopes
    ).toEqual([])
  })

  it("takes a scope for granted under the service's long name, and by a refresh token", () => {
    const provider = providerOf(["email", "offline_access"])
    const scopes = ["https://www.googleapis.com/auth/userinfo.email"]
    expect(
      viewAccess(granted({ scopes, ...renewable }), provider).missing_scopes
    ).toEqual([])
    expect(viewAccess(granted({ scopes }), provider).missing_scopes).toEqual([
      "offline_access",
    ])
  })
})
