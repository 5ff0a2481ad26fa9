import { createHmac } from "node:crypto"
import { ServiceError } from "../../errors/service-error"
import { SecretString } from "../../secrets/secret-string"
import { readSignedResponse, type SignedResponse } from "../signed-response"
import { hashState } from "../state"

const SECRET = "hush"

const sign = (text: string, secret = SECRET): string =>
  createHmac("sha256", secret).update(text).digest("hex")

/** Signed over the text that the service's documentation spells out. */
const TEXT =
  "code=the-code&shop=acme.myshopify.com&state=the-state&timestamp=1337178173"

const read = (
  query: string,
  override: Partial<SignedResponse> = {}
): SecretString =>
  readSignedResponse({
    parameters: new URLSearchParams(query),
    signature_parameter: "hmac",
    expected: { shop: "acme.myshopify.com" },
    state_hash: hashState("the-state"),
    client: { client_id: "app", client_secret: new SecretString(SECRET) },
    ...override,
  })

const failureOf = (run: () => unknown): ServiceError => {
  try {
    run()
  } catch (error) {
    expect(error).toBeInstanceOf(ServiceError)
    return error as ServiceError
  }
  throw new Error("It was accepted.")
}

describe("a signed authorization answer", () => {
  it("gives its code, in whatever order its parameters come", () => {
    const signature = sign(TEXT)
    for (const query of [
      `${TEXT}&hmac=${signature}`,
      `hmac=${signature.toUpperCase()}&${TEXT}`,
      `timestamp=1337178173&hmac=${signature}&state=the-state&shop=acme.myshopify.com&code=the-code`,
    ]) {
      expect(read(query).reveal()).toBe("the-code")
    }
  })

  it("is checked in the encoding that it was signed in", () => {
    const text =
      "code=a%26b%20c&host=YWRtaW4uc2hvcA%3D%3D&shop=acme.myshopify.com&state=the-state"
    for (const query of [
      `${text}&hmac=${sign(text)}`,
      `code=a%26b+c&host=YWRtaW4uc2hvcA==&shop=acme.myshopify.com&state=the-state&hmac=${sign(text)}`,
    ]) {
      expect(read(query).reveal()).toBe("a&b c")
    }
  })

  it.each([
    ["has no signature", TEXT],
    ["has an empty one", `${TEXT}&hmac=`],
    ["has one that is too short", `${TEXT}&hmac=${sign(TEXT).slice(0, 62)}`],
    ["has one that is too long", `${TEXT}&hmac=${sign(TEXT)}00`],
    ["has another text in its place", `${TEXT}&hmac=${"z".repeat(64)}`],
    ["is signed with another secret", `${TEXT}&hmac=${sign(TEXT, "other")}`],
    [
      "has another code than the signed one",
      `${TEXT.replace("the-code", "mine")}&hmac=${sign(TEXT)}`,
    ],
    [
      "has another shop than the signed one",
      `${TEXT.replace("acme", "evil")}&hmac=${sign(TEXT)}`,
    ],
    ["has a parameter that was not signed", `${TEXT}&x=1&hmac=${sign(TEXT)}`],
    [
      "lacks a parameter that was signed",
      `${TEXT.replace("&timestamp=1337178173", "")}&hmac=${sign(TEXT)}`,
    ],
  ])("is refused when it %s", (_, query) => {
    const error = failureOf(() => read(query))
    expect(error).toMatchObject({
      errorClass: "permission",
      code: "invalid_signature",
    })
    expect(error.message).not.toMatch(/the-code|hush|[0-9a-f]{32}/)
  })

  it("is refused for another account, state or without a code, however well signed", () => {
    const signed = (text: string) => `${text}&hmac=${sign(text)}`
    const foreign = failureOf(() => read(signed(TEXT.replace("acme", "evil"))))
    expect(foreign.code).toBe("shop_mismatch")
    expect(foreign.message).toContain('another shop than "acme.myshopify.com"')

    const shopless = TEXT.replace("shop=acme.myshopify.com&", "")
    expect(failureOf(() => read(signed(shopless))).code).toBe("shop_mismatch")

    const replayed = TEXT.replace("the-state", "an-older-state")
    expect(failureOf(() => read(signed(replayed))).code).toBe("state_mismatch")

    const codeless = TEXT.replace("code=the-code&", "")
    expect(failureOf(() => read(signed(codeless))).code).toBe("no_code")
  })

  it("cannot be checked without the client secret, and is not believed then", () => {
    const error = failureOf(() =>
      read(`${TEXT}&hmac=${sign(TEXT, "")}`, { client: { client_id: "app" } })
    )
    expect(error).toMatchObject({
      errorClass: "config_error",
      code: "missing_client_secret",
    })
  })
})
