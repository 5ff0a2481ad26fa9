import {
  contractTests,
  countGraphemes,
  createTestContext,
  type ProviderDescription,
  SecretString,
  ServiceError,
  serviceProvider,
  type SocialProvider,
} from "../../provider"
import { BUILT_IN_PROVIDERS } from "../catalog"
import { findProviderProblems } from "../contract"

const description: ProviderDescription = {
  identifier: "harbour",
  label: "Harbour",
  description: "A wall for messages.",
  category: "social",
  auth_types: ["api_key"],
  credential_fields: [{ name: "berth_key", label: "Key", required: true }],
  setting_fields: [],
  api: {
    base_address: () => "https://api.harbour.example",
    authentication: () => ({
      in: "header",
      name: "x-berth",
      credential: "berth_key",
    }),
  },
}

const harbour: SocialProvider = {
  description,
  verify: async ({ request }) => {
    const { name } = await request<{ name: string }>("/me")
    return `The credentials belong to ${name}.`
  },
}

const credentials = { berth_key: "marked-key-91c4" }

/** What a runner would say: the titles of the tests that fail, with the reason. */
const failuresOf = async (provider: SocialProvider) => {
  const failures: string[] = []
  for (const { title, run } of contractTests(provider, { credentials })) {
    await run().catch((error: Error) => {
      failures.push(`${title}: ${error.message}`)
    })
  }
  return failures
}

describe("the contract of a provider", () => {
  it.each(
    BUILT_IN_PROVIDERS.map(
      (provider) => [provider.description.identifier, provider] as const
    )
  )("finds nothing wrong with the description of %s", (_, provider) => {
    expect(findProviderProblems(provider)).toEqual([])
  })

  it("is kept by a provider that leaves its requests to the client", async () => {
    expect(await failuresOf(harbour)).toEqual([])
  })

  it("shows a provider that takes every failure for the same", async () => {
    const failures = await failuresOf({
      description,
      verify: async ({ fetch, credential }) => {
        const response = await fetch("/me").catch(() => undefined)
        if (response?.ok) {
          return "It works."
        }
        const key = await credential("berth_key")
        throw new ServiceError("transient", `${key.reveal()} did not work.`, {
          code: "failed",
        })
      },
    })
    expect(failures).toEqual([
      expect.stringMatching(/^verify takes a 401 .* threw "transient"/),
      expect.stringMatching(/^verify takes a 429 .* threw "transient"/),
      expect.stringMatching(
        /^verify repeats no credential .* repeats a credential/
      ),
    ])
  })

  it("shows a provider that takes a refusal for a success, or breaks on it", async () => {
    expect(
      (await failuresOf({ description, verify: async () => "Fine." })).length
    ).toBe(5)
    const [failure] = await failuresOf({
      description,
      verify: async () => (undefined as unknown as { name: string }).name,
    })
    expect(failure).toContain("which is no ServiceError")
  })

  it.each<
    [string, Partial<ProviderDescription>, Partial<SocialProvider>, string]
  >([
    ["no label", { label: "" }, {}, "It needs a label."],
    [
      "a field that no row can have",
      {
        setting_fields: [
          { name: "Base URL", label: "Base", required: false, input: "url" },
        ],
      },
      {},
      'The field "Base URL" must be in snake_case',
    ],
    [
      "a key type without a key",
      { credential_fields: [] },
      {},
      "needs a required credential field",
    ],
    [
      "OAuth without endpoints",
      { auth_types: ["oauth2"] },
      {},
      'needs a description of "oauth2"',
    ],
    [
      "a session that cannot begin",
      { refresh: { strategy: "session" } },
      {},
      "needs the operation refreshTokens",
    ],
    [
      "a registration for OAuth without OAuth",
      {},
      { registerClient: async () => ({}) as never },
      'It has registerClient, but no description of "oauth2".',
    ],
    [
      "posts without accounts",
      {},
      { publish: async () => ({ state: "published" }) },
      "needs the operation listAccounts",
    ],
    [
      "posts without a word on what one may have",
      {},
      { publish: async () => ({ state: "published" }), limits: undefined },
      "needs limits",
    ],
    [
      "an operation of an old name",
      {},
      { renewToken: async () => undefined } as object,
      "renewToken is called refreshTokens now",
    ],
  ])("refuses %s", (_, change, operations, problem) => {
    expect(
      findProviderProblems({
        ...harbour,
        ...operations,
        description: { ...description, ...change },
      }).join(" ")
    ).toContain(problem)
  })
})

describe("what the entry for providers has", () => {
  it("is a context that calls the service as the plugin does", async () => {
    const seen: string[] = []
    const context = createTestContext(harbour, {
      credentials,
      fetch: async (url, init) => {
        seen.push(`${String(url)} ${new Headers(init?.headers).get("x-berth")}`)
        return Response.json({ name: "Ada" })
      },
    })
    expect(await harbour.verify?.(context)).toBe(
      "The credentials belong to Ada."
    )
    expect(seen).toEqual([
      `https://api.harbour.example/me ${credentials.berth_key}`,
    ])
    expect(await context.credential("berth_key")).toBeInstanceOf(SecretString)
    await expect(context.credential("other")).rejects.toMatchObject({
      code: "missing_credential",
    })
  })

  it("is a service by its description alone", async () => {
    const provider = serviceProvider({
      identifier: "parcels",
      label: "Parcels",
      description: "Labels for parcels.",
      category: "shipping",
      docs_url: null,
      api: "https://api.parcels.example",
      authentication: [{ type: "api_key", in: { header: "x-api-key" } }],
      probe: { path: "/account", account: ["name"] },
    })
    for (const { run } of contractTests(provider, {
      credentials: { api_key: "marked-key-91c4" },
    })) {
      await run()
    }
  })

  it("is a counter of what a reader takes for one character", () => {
    expect(countGraphemes("👩‍👩‍👧‍👦 né")).toBe(4)
  })
})
