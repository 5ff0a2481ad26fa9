import { generateKeyPairSync } from "node:crypto"
import { inspect } from "node:util"
import {
  type OAuth1Network,
  type OAuth1NetworkOptions,
  startOAuth1Network,
} from "../../../../integration-tests/http/support/oauth1-network"
import { SecretString } from "../../../secrets/secret-string"
import { buildAuthorizationUrl } from "../authorization-url"
import { readAuthorizationCallback } from "../callback"
import { createSignedFetch } from "../signed-fetch"
import { requestTemporaryCredentials } from "../temporary-credentials"
import { exchangeVerifier } from "../token-credentials"
import {
  ask,
  callbackUrl,
  clientOf,
  connect,
  exchange,
  failureOf,
  keys,
  visit,
} from "./support/journey"

let network: OAuth1Network

const open = async (options?: OAuth1NetworkOptions) => {
  network = await startOAuth1Network(options)
}
beforeEach(() => open())
afterEach(() => network.close())

describe("a person's consent", () => {
  it.each(["HMAC-SHA1", "HMAC-SHA256", "RSA-SHA1", "PLAINTEXT"] as const)(
    "becomes a token that opens the API, signed with %s",
    async (signature_method) => {
      await network.close()
      await open({ signature_method, public_key: keys.publicKey })

      const tokens = await connect(network)
      expect(network.secrets).toContain(tokens.token.reveal())
      expect(network.secrets).toContain(tokens.token_secret.reveal())
      expect(tokens.extra).toEqual({ user_id: "6253282", screen_name: "ada" })

      const answer = await createSignedFetch({
        server: network.endpoints,
        client: clientOf(network),
        credentials: tokens,
        fetch,
      })(`${network.url}/1.1/account/verify_credentials.json`)
      expect(answer.status).toBe(200)
      expect(await answer.json()).toMatchObject({ screen_name: "ada" })
    }
  )

  it("is asked for with the very callback address, and comes back there with the token", async () => {
    const temporary = await ask(network)
    expect(network.requests[0].oauth.oauth_callback).toBe(callbackUrl)

    const back = await visit(network, temporary)
    expect(back.searchParams.get("state")).toBe("a+b c")
    expect(back.searchParams.get("oauth_token")).toBe(temporary.token.reveal())
  })

  it("sends a realm and the endpoint's own parameters along, which the signature survives", async () => {
    await requestTemporaryCredentials({
      server: {
        ...network.endpoints,
        request_token_endpoint: `${network.endpoints.request_token_endpoint}?x_auth_access_type=write&x=a+b`,
        realm: 'the "main" one',
      },
      client: clientOf(network),
      fetch,
      callbackUrl,
    })
    expect(network.requests[0].oauth.realm).toBe('the "main" one')
  })

  it("keeps nothing in the clear that looks like a secret", async () => {
    const temporary = await ask(network)
    const back = await visit(network, temporary)
    const tokens = await exchangeVerifier({
      server: network.endpoints,
      client: clientOf(network),
      fetch: async () =>
        new Response(
          "oauth_token=a&oauth_token_secret=b&oauth_session_handle=marked&user_id=1&__proto__=x"
        ),
      temporaryCredentials: temporary,
      callback: readAuthorizationCallback(back.searchParams),
    })
    expect(Object.entries(tokens.extra)).toEqual([
      ["user_id", "1"],
      ["__proto__", "x"],
    ])
    expect(inspect(tokens, { depth: 9 })).not.toContain("marked")
  })

  it("can be refused, which is no fault of anybody's credentials", async () => {
    network.decide("deny")
    const temporary = await ask(network)
    const back = await visit(network, temporary)
    const failure = (async () => exchange(network, temporary, back))()
    expect(await failureOf(failure)).toMatchObject({
      errorClass: "permission",
      code: "access_denied",
    })
  })

  it.each([
    ["no verifier", "oauth_token=a"],
    ["an empty verifier", "oauth_token=a&oauth_verifier="],
    ["no token", "oauth_verifier=a"],
    ["two tokens", "oauth_token=a&oauth_token=b&oauth_verifier=c"],
  ])("is not read out of a callback with %s", (_, query) => {
    expect(() => readAuthorizationCallback(new URLSearchParams(query))).toThrow(
      expect.objectContaining({
        errorClass: "token_invalid",
        code: "missing_verifier",
      })
    )
  })
})

describe("an exchange", () => {
  it("sends nothing for a callback that belongs to another authorization", async () => {
    const mine = await ask(network)
    const theirs = await visit(network, await ask(network))
    const before = network.requests.length
    const error = await failureOf(exchange(network, mine, theirs))
    expect(error).toMatchObject({
      errorClass: "token_invalid",
      code: "token_mismatch",
    })
    expect(network.requests).toHaveLength(before)
  })

  it("works once", async () => {
    const temporary = await ask(network)
    const back = await visit(network, temporary)
    await exchange(network, temporary, back)
    expect(await failureOf(exchange(network, temporary, back))).toMatchObject({
      errorClass: "token_invalid",
      code: "invalid_verifier",
      status: 401,
    })
  })

  it("is refused for a guessed verifier", async () => {
    const temporary = await ask(network)
    const back = await visit(network, temporary)
    back.searchParams.set("oauth_verifier", "marked-guess")
    expect(await failureOf(exchange(network, temporary, back))).toMatchObject({
      errorClass: "token_invalid",
      code: "invalid_verifier",
    })
  })
})

describe("the application's own registration", () => {
  it.each([
    ["secret", { consumer_secret: new SecretString("marked-wrong") }],
    ["key", { consumer_key: "marked-wrong" }],
  ])("is told apart from the grant when its %s is wrong", async (_, wrong) => {
    expect(await failureOf(ask(network, wrong))).toMatchObject({
      errorClass: "config_error",
      code: "invalid_client",
      status: 401,
    })
  })

  it("is at fault when the service does not know the callback address", async () => {
    await network.close()
    await open({ callbacks: ["https://elsewhere.example.com/"] })
    expect(await failureOf(ask(network))).toMatchObject({
      errorClass: "config_error",
      code: "http_403",
    })
  })

  it.each([
    ["missing", undefined, "missing_private_key"],
    ["no PEM", new SecretString("marked-nonsense"), "invalid_private_key"],
    [
      "of another kind",
      new SecretString(
        String(
          generateKeyPairSync("ed25519").privateKey.export({
            type: "pkcs8",
            format: "pem",
          })
        )
      ),
      "invalid_private_key",
    ],
  ])(
    "sends nothing when its private key is %s",
    async (_, private_key, code) => {
      await network.close()
      await open({ signature_method: "RSA-SHA1", public_key: keys.publicKey })
      expect(await failureOf(ask(network, { private_key }))).toMatchObject({
        errorClass: "config_error",
        code,
      })
      expect(network.requests).toHaveLength(0)
    }
  )

  it.each([
    [7200, "7200 seconds behind"],
    [-7200, "7200 seconds ahead of"],
  ])("is not blamed for a clock that is %s s off", async (seconds, words) => {
    network.moveClock(seconds)
    const error = await failureOf(ask(network))
    expect(error).toMatchObject({
      errorClass: "config_error",
      code: "clock_skew",
    })
    expect(error.message.replace(/719\d|720\d/, "7200")).toContain(words)
  })
})

describe("the authorization page's address", () => {
  it("keeps what the endpoint carries and cannot be made to lose its token", () => {
    const url = new URL(
      buildAuthorizationUrl(
        {
          authorization_endpoint: "https://service.example.com/authorize?a=1",
          authorization_parameters: {
            oauth_token: "fixed",
            force_login: "true",
          },
        },
        new SecretString("t+/=")
      )
    )
    expect(Object.fromEntries(url.searchParams)).toEqual({
      a: "1",
      force_login: "true",
      oauth_token: "t+/=",
    })
  })

  it.each([
    "http://service.example.com/authorize",
    "javascript:alert(1)",
    "authorize",
  ])("is not built from %s", (authorization_endpoint) => {
    expect(() =>
      buildAuthorizationUrl({ authorization_endpoint }, new SecretString("t"))
    ).toThrow(expect.objectContaining({ code: "insecure_endpoint" }))
  })
})
