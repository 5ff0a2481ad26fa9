import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { readRange } from "../byte-range"
import { socialMediaRoutesMiddlewares } from "../middlewares"

describe("the access log's line about a fetched file", () => {
  it("has no token in it", () => {
    const [{ middlewares }] = socialMediaRoutesMiddlewares
    const request = {
      originalUrl: "/social-media/smed_1.t0.signature/scarf.jpg?a=b",
    } as MedusaRequest
    let isPassedOn = false
    for (const run of middlewares ?? []) {
      void run(request, {} as MedusaResponse, () => {
        isPassedOn = true
      })
    }
    // What the log prints of a request's address.
    expect(request.originalUrl).not.toContain("signature")
    expect(isPassedOn).toBe(true)
  })
})

describe("the part of a file that a request asks for", () => {
  it.each([
    [undefined, undefined],
    ["bytes=0-0", [0, 0]],
    ["bytes=0-", [0, 99]],
    ["bytes=90-200", [90, 99]],
    ["bytes=-10", [90, 99]],
    ["bytes=-200", [0, 99]],
    ["bytes=-0", null],
    ["bytes=100-", null],
    ["bytes=9-1", undefined],
    ["bytes=-", undefined],
    ["bytes=0-1,5-6", undefined],
    ["bytes= 0-1", undefined],
  ])("of 100 bytes is for %j: %j", (header, expected) => {
    expect(readRange(header, 100)).toEqual(expected)
  })
})
