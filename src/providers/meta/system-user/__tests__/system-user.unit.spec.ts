import { createHmac } from "node:crypto"
import {
  type MetaGraph,
  startMetaGraph,
} from "../../../../../integration-tests/http/support/meta-graph"
import { ServiceError } from "../../../../errors/service-error"
import { SecretString } from "../../../../secrets/secret-string"
import { createServiceFetch, type ServiceFetch } from "../../../../http/fetch"
import { readAllowedNetworks } from "../../../../http/guard/networks"
import { createApiContext } from "../../../api-client"
import type { ProviderContext } from "../../../types"
import { metaSystemUserProvider as provider } from "../provider"

let graph: MetaGraph
beforeAll(async () => {
  graph = await startMetaGraph()
})
beforeEach(() => graph.reset())
afterAll(() => graph.close())

const fetch = createServiceFetch({
  service: "Meta",
  timeoutMs: 2_000,
  // The local server that stands in for the service.
  networks: readAllowedNetworks(["127.0.0.0/8", "::1"]) ?? undefined,
})

interface Options {
  settings?: Record<string, unknown>
  token?: string
  app_secret?: string
}

const contextWith = (
  { settings, token = graph.state.token, app_secret }: Options = {},
  send: ServiceFetch = fetch
): ProviderContext => {
  const credentials: Record<string, string | undefined> = {
    access_token: token,
    app_secret,
  }
  return createApiContext(provider.description, {
    settings: { base_url: graph.url, ...settings },
    auth_type: "bearer",
    credential: async (name) => {
      const value = credentials[name]
      if (!value) {
        throw new ServiceError("config_error", `The platform has no ${name}.`, {
          code: "missing_credential",
        })
      }
      return new SecretString(value)
    },
    fetch: send,
  })
}

const verify = async (options?: Options) =>
  provider.verify?.(contextWith(options))
const list = async (options?: Options) =>
  (await provider.listAccounts?.(contextWith(options))) ?? []

const failureOf = async (promise: Promise<unknown>): Promise<ServiceError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason
  )
  expect(error).toBeInstanceOf(ServiceError)
  return error as ServiceError
}

const withApp = () => ({
  settings: { app_id: graph.state.app_id },
  app_secret: graph.state.app_secret,
})

describe("checking a system user's token", () => {
  it("tells whom it belongs to", async () => {
    expect(await verify()).toBe("The token belongs to Store robot.")
  })

  it("names the business that is configured", async () => {
    expect(await verify({ settings: { business_id: "5001" } })).toBe(
      "The token belongs to Store robot, a system user of Example Trading."
    )
  })

  it("tells when it ends, where the app can be asked", async () => {
    graph.state.expires_at = Date.UTC(2035, 0, 20) / 1000
    expect(await verify(withApp())).toMatchObject({
      message: "The token belongs to Store robot, and ends on 2035-01-20.",
      token_expires_at: new Date(Date.UTC(2035, 0, 20)),
    })
    graph.state.expires_at = 0
    expect(await verify(withApp())).toMatchObject({
      message: "The token belongs to Store robot, and does not end.",
      token_expires_at: null,
    })
  })

  it("tells what it was granted, and until when the app may read a person's data", async () => {
    graph.state.expires_at = Date.UTC(2035, 0, 20) / 1000
    graph.state.data_access_expires_at = Date.UTC(2034, 5, 1) / 1000
    expect(await verify(withApp())).toEqual({
      message:
        "The token belongs to Store robot, and ends on 2035-01-20. Its access to data ends on 2034-06-01.",
      token_expires_at: new Date(Date.UTC(2035, 0, 20)),
      granted_scopes: ["ads_read", "business_management", "pages_show_list"],
    })
  })

  it("keeps the token and the app secret out of the address", async () => {
    await verify()
    for (const { query, headers } of graph.requests) {
      expect(query.toString()).not.toContain(graph.state.token)
      expect(headers.authorization).toBe(`Bearer ${graph.state.token}`)
    }
    await verify(withApp())
    for (const { query } of graph.requests) {
      expect(query.toString()).not.toContain(graph.state.app_secret)
    }
  })

  it("proves the app secret where the app demands it", async () => {
    graph.state.requires_proof = true
    expect(await verify({ app_secret: graph.state.app_secret })).toContain(
      "Store robot"
    )
    expect(graph.requests[0].query.get("appsecret_proof")).toBe(
      createHmac("sha256", graph.state.app_secret)
        .update(graph.state.token)
        .digest("hex")
    )
  })

  it("blames the configuration for a wrong or missing app secret, not the token", async () => {
    expect(await failureOf(verify({ app_secret: "wrong" }))).toMatchObject({
      errorClass: "config_error",
      code: "100",
    })
    graph.state.requires_proof = true
    expect((await failureOf(verify())).errorClass).toBe("config_error")
  })

  it("blames the configuration for a wrong app ID, not the token", async () => {
    const error = await failureOf(
      verify({ ...withApp(), settings: { app_id: "1" } })
    )
    expect(error).toMatchObject({ errorClass: "config_error", code: "190" })
    expect(error.message).not.toContain(graph.state.app_secret)
  })

  it("says that a token is gone when it was revoked, has ended or is unknown", async () => {
    graph.state.revoked = true
    expect(await failureOf(verify())).toMatchObject({
      errorClass: "token_invalid",
      code: "190/460",
    })
    graph.reset()
    graph.state.expires_at = 1
    expect(await failureOf(verify())).toMatchObject({
      errorClass: "token_invalid",
      code: "190/463",
    })
    graph.reset()
    const unknown = await failureOf(verify({ token: "EAAunknown" }))
    expect(unknown.errorClass).toBe("token_invalid")
    expect(unknown.message).not.toContain("EAAunknown")
  })

  it("believes the token debugger when it knows better", async () => {
    const send: ServiceFetch = async (url, init) => {
      if (String(url).includes("debug_token")) {
        graph.state.revoked = true
      }
      return fetch(url, init)
    }
    const error = await failureOf(
      Promise.resolve(provider.verify?.(contextWith(withApp(), send)))
    )
    expect(error).toMatchObject({
      errorClass: "token_invalid",
      code: "190/460",
    })
  })

  it.each([
    ["graph_version", "25"],
    ["graph_version", "v25.0/../../evil"],
    ["business_id", "5001/../me"],
    ["app_id", "x"],
  ])(
    "refuses a %s that is %s before it becomes part of an address",
    async (name, value) => {
      const error = await failureOf(
        verify({ ...withApp(), settings: { [name]: value } })
      )
      expect(error).toMatchObject({
        errorClass: "config_error",
        code: `invalid_${name}`,
      })
      expect(graph.requests.some(({ path }) => path.includes(value))).toBe(
        false
      )
    }
  )

  it("asks the version of the Graph API that is configured", async () => {
    await verify({ settings: { graph_version: "v31.0" } })
    expect(graph.requests[0].path).toBe("/v31.0/me")
  })
})

describe("listing what the token reaches", () => {
  it("lists what is assigned to the system user", async () => {
    expect(await list()).toEqual([
      {
        external_id: "act_11",
        kind: "ad_account",
        name: "Spring",
        username: null,
        avatar_url: null,
        url: null,
      },
      {
        external_id: "21",
        kind: "page",
        name: "Example Store",
        username: "examplestore",
        avatar_url: "https://scontent.example/21.png",
        url: "https://www.facebook.com/examplestore",
      },
    ])
  })

  it("lists all of a business over several pages, each entry once", async () => {
    const accounts = await list({ settings: { business_id: "5001" } })
    expect(accounts.map(({ external_id }) => external_id)).toEqual([
      "act_11",
      "act_12",
      "act_13",
      "act_14",
      "21",
      "22",
    ])
  })

  it("goes where it is configured to, not where a list's next address points", async () => {
    const asked: string[] = []
    const send: ServiceFetch = async (url) => {
      asked.push(new URL(url).origin)
      return Response.json({
        data: [],
        paging: {
          cursors: { after: "c" },
          next: "https://evil.example/v25.0/me/accounts?access_token=x",
        },
      })
    }
    await provider.listAccounts?.(contextWith({}, send))
    expect(new Set(asked)).toEqual(new Set([graph.url]))
    // It also stops when the service repeats its cursor for ever.
    expect(asked).toHaveLength(100)
  })

  it("never asks for the pages' own tokens", async () => {
    await list()
    for (const { query } of graph.requests) {
      expect(query.get("fields")).not.toContain("access_token")
    }
  })

  it("does not take an answer without a list for an empty one", async () => {
    graph.answer(200, {})
    expect(await failureOf(list())).toMatchObject({
      errorClass: "transient",
      code: "malformed_response",
    })
  })
})

describe("Meta's failures", () => {
  it.each([
    [400, 190, 458, "token_invalid"],
    [400, 190, undefined, "token_invalid"],
    [400, 102, undefined, "token_invalid"],
    [403, 10, undefined, "permission"],
    [403, 200, undefined, "permission"],
    [403, 299, undefined, "permission"],
    [400, 3, undefined, "permission"],
    [400, 4, undefined, "rate_limited"],
    [400, 17, undefined, "rate_limited"],
    [400, 32, undefined, "rate_limited"],
    [400, 341, undefined, "rate_limited"],
    [400, 613, undefined, "rate_limited"],
    [400, 80004, undefined, "rate_limited"],
    [400, 80014, undefined, "rate_limited"],
    [500, 1, undefined, "transient"],
    [400, 2, undefined, "transient"],
    [400, 100, 1609010, "transient"],
    [400, 368, undefined, "account_restricted"],
    [400, 10, 4854002, "account_restricted"],
    [400, 506, undefined, "duplicate"],
    [400, 100, 33, "config_error"],
    [400, 2635, undefined, "config_error"],
  ])(
    "%i with code %s and subcode %s is %s",
    async (status, code, subcode, errorClass) => {
      graph.answer(status, graph.error(code, subcode))
      expect((await failureOf(verify())).errorClass).toBe(errorClass)
    }
  )

  it("waits as long as Meta's usage header says", async () => {
    graph.answer(400, graph.error(80004), {
      "x-business-use-case-usage": JSON.stringify({
        "5001": [
          { type: "ads_management", estimated_time_to_regain_access: 7 },
        ],
        "5002": [{ type: "pages", estimated_time_to_regain_access: 2 }],
      }),
    })
    const { retryAt } = await failureOf(verify())
    const wait = (retryAt?.getTime() ?? 0) - Date.now()
    expect(wait).toBeGreaterThan(6 * 60_000)
    expect(wait).toBeLessThanOrEqual(7 * 60_000)
  })

  it("survives a usage header that it cannot read", async () => {
    graph.answer(400, graph.error(4), { "x-business-use-case-usage": "{" })
    expect((await failureOf(verify())).retryAt).toBeInstanceOf(Date)
  })

  it.each([
    ["a page of a proxy", 401, "<html>Sign in</html>"],
    ["an outage", 503, "Service Unavailable"],
  ])("takes %s for passing", async (_, status, body) => {
    graph.answer(status, body)
    expect((await failureOf(verify())).errorClass).toBe("transient")
  })

  it("notices an error that comes with HTTP 200", async () => {
    graph.answer(200, graph.error(190))
    expect((await failureOf(verify())).errorClass).toBe("token_invalid")
  })
})
