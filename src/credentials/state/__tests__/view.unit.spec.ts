import { genericProvider } from "../../../providers/generic/provider"
import { BUILT_IN_PROVIDERS } from "../../../providers/catalog"
import type {
  ProviderDescription,
  SocialProvider,
} from "../../../providers/types"
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
    last_error: null,
    tested_at: null,
    last_refreshed_at: null,
    connected_at: null,
    ...change,
  }) as Parameters<typeof viewCredentials>[0]

const envelope = {
  v: 2,
  encrypted: "SECRETSECRET",
  iv: Buffer.alloc(12, 1).toString("base64"),
  authTag: Buffer.alloc(16, 2).toString("base64"),
  keyVersion: 3,
  kid: Buffer.alloc(16, 3).toString("base64url"),
}

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
      credential_test: { state: "not_tested", at: null, message: null },
      credentials: [
        {
          name: "api_key",
          configured: true,
          storage: "encrypted",
          key_version: 3,
        },
        {
          name: "webhook_secret",
          configured: true,
          storage: "plaintext",
          key_version: null,
        },
        {
          name: "licence_key",
          configured: true,
          storage: "plaintext",
          key_version: null,
        },
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
    [
      "another credential only",
      { webhook_secret_encrypted: envelope },
      {},
      "not_connected",
    ],
    [
      "a refused key",
      { api_key_encrypted: envelope },
      { token_validity: "false" },
      "reauthorization_required",
    ],
    ["an error", { api_key_encrypted: envelope }, { status: "error" }, "error"],
    [
      "a damaged envelope",
      { api_key_encrypted: { encrypted: 7 } },
      {},
      "connected",
    ],
  ])("with %s is its connection", (_, api_config, change, expected) => {
    expect(
      viewCredentials(row(api_config, change), genericProvider, {}).connection
    ).toBe(expected)
  })

  it.each(
    BUILT_IN_PROVIDERS.flatMap((provider) =>
      provider.description.auth_types.map((auth_type) => ({
        id: `${provider.description.identifier} with ${auth_type}`,
        provider,
        auth_type,
      }))
    )
  )(
    "$id is connected once it has what its description asks for, not before",
    ({ provider, auth_type }) => {
      const isConsented = ["oauth2", "oauth1"].includes(auth_type)
      const asked = isConsented
        ? ["access_token"]
        : provider.description.credential_fields
            .filter(
              (field) =>
                field.required &&
                (!field.auth_types || field.auth_types.includes(auth_type))
            )
            .map(({ name }) => name)
      const connectionWith = (names: string[]) =>
        viewCredentials(
          row(
            Object.fromEntries(
              names.map((name) => [`${name}_encrypted`, envelope])
            ),
            { auth_type }
          ),
          provider,
          {}
        ).connection

      expect(asked).not.toEqual([])
      expect(connectionWith(asked)).toBe("connected")
      expect(connectionWith(asked.slice(1))).toBe("not_connected")
      expect(connectionWith(["webhook_secret"])).toBe("not_connected")
    }
  )

  it("of an unregistered provider counts any sealed credential", () => {
    const connection = (config: object) =>
      viewCredentials(row({ ...config }), undefined, {}).connection
    expect(connection({ shop_pass_encrypted: envelope })).toBe("connected")
    expect(connection({ region: "eu" })).toBe("not_connected")
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
  const END = { refreshes_itself: true, deadline: null }

  const providerOf = (
    scopes: NonNullable<ProviderDescription["oauth2"]>["scopes"]
  ): SocialProvider => ({
    description: {
      ...genericProvider.description,
      oauth2: {
        scopes,
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
      ...change,
    }) as Parameters<typeof viewAccess>[0]
  const refreshable = {
    api_config: {
      access_token_encrypted: envelope,
      refresh_token_encrypted: envelope,
    },
  }
  const missing = (
    row: Parameters<typeof viewAccess>[0],
    provider: SocialProvider
  ) => viewAccess(row, provider, END).missing_scopes

  it("lacks the scopes that were asked for and not granted", () => {
    const provider = providerOf(["posts:read", "posts:write"])
    expect(
      missing(granted({ scopes: ["posts:read", "more"] }), provider)
    ).toEqual(["posts:write"])
    expect(missing(granted(), provider)).toEqual([])
    expect(
      missing(granted({ scopes: [], auth_type: "bearer" }), provider)
    ).toEqual([])
  })

  it("was asked for the scopes that its settings need", () => {
    const provider = providerOf(({ pages }) =>
      pages ? ["posts:write", "pages"] : ["posts:write"]
    )
    const scopes = ["posts:write"]
    expect(missing(granted({ scopes }), provider)).toEqual([])
    expect(
      missing(granted({ scopes, api_config: { pages: true } }), provider)
    ).toEqual(["pages"])
  })

  it("takes a scope for granted under the service's long name, and by a refresh token", () => {
    const provider = providerOf(["email", "offline_access"])
    const scopes = ["https://www.googleapis.com/auth/userinfo.email"]
    expect(missing(granted({ scopes, ...refreshable }), provider)).toEqual([])
    expect(missing(granted({ scopes }), provider)).toEqual(["offline_access"])
  })
})
