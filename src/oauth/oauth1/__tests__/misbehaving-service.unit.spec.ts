import {
  type OAuth1Network,
  startOAuth1Network,
} from "../../../../integration-tests/http/support/oauth1-network"
import { requestTemporaryCredentials } from "../temporary-credentials"
import {
  ask,
  callbackUrl,
  clientOf,
  connect,
  failureOf,
} from "./support/journey"

let network: OAuth1Network

beforeEach(async () => {
  network = await startOAuth1Network()
})
afterEach(() => network.close())

describe("a service that misbehaves", () => {
  const endpoints = [
    {
      endpoint: "request token",
      field: "request_token_endpoint",
      path: "/oauth/request_token",
      refused: { errorClass: "config_error", code: "invalid_client" },
      fail: () => ask(network),
    },
    {
      endpoint: "access token",
      field: "access_token_endpoint",
      path: "/oauth/access_token",
      refused: { errorClass: "token_invalid", code: "invalid_verifier" },
      fail: () => connect(network),
    },
  ] as const
  const faults = [
    {
      how: "fails",
      errorClass: "transient",
      code: "http_503",
      outcomeUnknown: true,
    },
    {
      how: "limits",
      errorClass: "rate_limited",
      code: "http_429",
      outcomeUnknown: false,
    },
    {
      how: "redirects",
      errorClass: "transient",
      code: "unexpected_redirect",
      outcomeUnknown: false,
    },
    {
      how: "answers with a page",
      errorClass: "transient",
      code: "malformed_response",
      outcomeUnknown: true,
    },
    {
      how: "answers with too much",
      errorClass: "transient",
      code: "response_too_large",
      outcomeUnknown: true,
    },
    {
      how: "leaves out the secret",
      errorClass: "transient",
      code: "malformed_response",
      outcomeUnknown: true,
    },
    {
      how: "hangs up",
      errorClass: "transient",
      code: "connection_failed",
      outcomeUnknown: true,
    },
    {
      how: "refuses with a problem code",
      errorClass: "token_invalid",
      code: "token_rejected",
      outcomeUnknown: false,
    },
  ] as const

  describe.each(endpoints)("at the $endpoint endpoint", (asked) => {
    const { field, path, refused, fail } = asked

    it.each(faults)(
      "is $errorClass when it $how, and no secret shows",
      async ({ how, ...expected }) => {
        network.misbehave(path, how)
        expect(await failureOf(fail())).toMatchObject(expected)
      }
    )

    it("is believed when it refuses in plain text, and not quoted", async () => {
      network.misbehave(path, "refuses")
      expect(await failureOf(fail())).toMatchObject({ ...refused, status: 401 })
    })

    it("says when to come back", async () => {
      network.misbehave(path, "limits")
      const { retryAt } = await failureOf(fail())
      expect(retryAt?.getTime()).toBeGreaterThan(Date.now() + 50_000)
    })

    it("is not asked over a line that others can read", async () => {
      network.endpoints[field] = `http://service.example.com${path}`
      expect(await failureOf(fail())).toMatchObject({
        errorClass: "config_error",
        code: "insecure_endpoint",
      })
    })
  })

  it("gets no consent when it does not confirm the callback", async () => {
    network.misbehave("/oauth/request_token", "confirms no callback")
    expect(await failureOf(ask(network))).toMatchObject({
      errorClass: "config_error",
      code: "callback_not_confirmed",
    })
  })

  it.each([
    "oauth_token=b",
    "oauth_token_secret=b",
    "oauth_callback_confirmed=true",
  ])("is not believed when it answers %s a second time", async (again) => {
    const answer = `oauth_token=a&oauth_token_secret=a&oauth_callback_confirmed=true&${again}`
    const failure = requestTemporaryCredentials({
      server: network.endpoints,
      client: clientOf(network),
      fetch: async () => new Response(answer),
      callbackUrl,
    })
    expect(await failureOf(failure)).toMatchObject({
      code: "malformed_response",
    })
  })
})
