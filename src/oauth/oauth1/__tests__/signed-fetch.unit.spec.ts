import fc from "fast-check"
import {
  type OAuth1Network,
  startOAuth1Network,
} from "../../../../integration-tests/http/support/oauth1-network"
import { createSignedFetch } from "../signed-fetch"
import type { OAuth1Credentials } from "../types"
import { clientOf, connect, failureOf } from "./support/journey"
import { anyCharacter } from "../../../shared/__tests__/support/any-character"

let network: OAuth1Network

beforeEach(async () => {
  network = await startOAuth1Network()
})
afterEach(() => network.close())

const signedFetch = (credentials: OAuth1Credentials) =>
  createSignedFetch({
    server: network.endpoints,
    client: clientOf(network),
    credentials,
    fetch,
  })

const whoAmI = (credentials: OAuth1Credentials) =>
  signedFetch(credentials)(
    `${network.url}/1.1/account/verify_credentials.json?include_email=true`
  )

describe("a signed request", () => {
  it("is refused by the service once the person has removed the application", async () => {
    const tokens = await connect(network)
    network.revoke()
    const answer = await whoAmI(tokens)
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ errors: [{ code: 89 }] })
  })

  it("is new every time", async () => {
    const tokens = await connect(network)
    expect((await whoAmI(tokens)).status).toBe(200)
    expect((await whoAmI(tokens)).status).toBe(200)
    const nonces = network.requests.map(({ oauth }) => oauth.oauth_nonce)
    const signed = nonces.filter((nonce) => nonce !== undefined)
    expect(new Set(signed).size).toBe(signed.length)
    expect(signed.every((nonce) => /^[0-9a-f]{32}$/.test(nonce))).toBe(true)
  })

  it("does not take its signature along to where a redirect points", async () => {
    const tokens = await connect(network)
    network.misbehave("/1.1", "redirects")
    const before = network.requests.length
    expect((await whoAmI(tokens)).status).toBe(302)
    expect(network.requests).toHaveLength(before + 1)
  })

  it("survives whatever stands in its query and its form", async () => {
    const send = signedFetch(await connect(network))
    const parameters = fc.array(
      fc.tuple(
        fc.string({ unit: anyCharacter, minLength: 1 }),
        fc.string({ unit: "grapheme" })
      ),
      { maxLength: 6 }
    )
    await fc.assert(
      fc.asyncProperty(parameters, parameters, async (query, form) => {
        const url = new URL(`${network.url}/1.1/account/update_profile.json`)
        url.search = new URLSearchParams(query).toString()
        const body = new URLSearchParams(form)
        const answer = await send(url, { method: "post", body })
        expect(answer.status).toBe(200)
        expect(await answer.json()).toEqual(Object.fromEntries(body))
      }),
      { numRuns: 100 }
    )
  })

  it("goes out under the method that was signed", async () => {
    const methods: (string | undefined)[] = []
    const send = createSignedFetch({
      server: network.endpoints,
      client: clientOf(network),
      credentials: await connect(network),
      fetch: async (_, init) => {
        methods.push(init?.method)
        return new Response()
      },
    })
    await send("https://api.example.com/me", { method: "patch" })
    await send("https://api.example.com/me")
    expect(methods).toEqual(["PATCH", "GET"])
  })

  it("leaves a body that is no form out of the signature and as it is", async () => {
    const send = signedFetch(await connect(network))
    const url = `${network.url}/1.1/account/update_profile.json?name=O'Neil (*!) ü`
    const answer = await send(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "not signed" }),
    })
    expect(await answer.json()).toEqual({ name: "O'Neil (*!) ü" })
  })

  it("is not sent when its form cannot be read for signing", async () => {
    const send = signedFetch(await connect(network))
    const before = network.requests.length
    const failure = send(`${network.url}/1.1/account/update_profile.json`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new Blob(["a=b"]),
    })
    expect(await failureOf(failure)).toMatchObject({ code: "unsignable_body" })
    expect(network.requests).toHaveLength(before)
  })

  it("never carries the bare secrets of PLAINTEXT over a line that others can read", async () => {
    const tokens = await connect(network)
    const send = createSignedFetch({
      server: { signature_method: "PLAINTEXT" },
      client: clientOf(network),
      credentials: tokens,
      fetch: async () => new Response("sent"),
    })
    expect(await failureOf(send("http://api.example.com/me"))).toMatchObject({
      errorClass: "config_error",
      code: "insecure_endpoint",
    })
    expect(await (await send("https://api.example.com/me")).text()).toBe("sent")
  })

  it("cannot be given further headers by a realm", async () => {
    const send = createSignedFetch({
      server: { signature_method: "HMAC-SHA1", realm: "a\r\nX-Admin: 1" },
      client: clientOf(network),
      credentials: await connect(network),
      fetch,
    })
    expect(await failureOf(send(`${network.url}/1.1/x`))).toMatchObject({
      code: "invalid_realm",
    })
  })
})
