import { redact } from "../redact"
import { SecretString } from "../secret-string"

const R = "[redacted]"
const ENVELOPE = {
  encrypted: "AAAA",
  iv: "AAAA",
  authTag: "AAAA",
  keyVersion: 1,
}

describe("redact: objects", () => {
  it("hides values under secret names at any depth and keeps the rest", () => {
    const input = {
      name: "Shop page",
      api_config: {
        client_id: "123",
        client_secret: "shh",
        pages: [{ id: "1", access_token: "EAAB", nested: { apiKey: 42 } }],
      },
      tokens: ["a", "b"],
      credentials: { user: "u", more: "m" },
    }
    expect(redact(input)).toEqual({
      name: "Shop page",
      api_config: {
        client_id: "123",
        client_secret: R,
        pages: [{ id: "1", access_token: R, nested: { apiKey: R } }],
      },
      tokens: R,
      credentials: R,
    })
  })

  it("says whether a secret is there: flags and absent values stay", () => {
    const input = {
      access_token: null,
      refresh_token: undefined,
      has_token: true,
      private: false,
    }
    expect(redact(input)).toEqual(input)
  })

  it("hides SecretStrings and envelopes under any name", () => {
    expect(
      redact({
        a: new SecretString("x"),
        b: ENVELOPE,
        c: [{ v: 2, kid: "k", ...ENVELOPE }],
      })
    ).toEqual({
      a: R,
      b: R,
      c: [R],
    })
    expect(redact(new SecretString("x"))).toBe(R)
    expect(redact(ENVELOPE)).toBe(R)
  })

  it("hides code and state of an OAuth answer, and keeps an error's code", () => {
    expect(redact({ code: "4/0Ab", state: "xyz", iss: "https://a" })).toEqual({
      code: R,
      state: R,
      iss: "https://a",
    })
    expect(redact({ code: "ECONNRESET" })).toEqual({ code: "ECONNRESET" })
  })

  it("handles maps, sets, headers, URLs, dates and binary data", () => {
    const date = new Date(0)
    expect(
      redact({
        map: new Map<string, unknown>([
          ["api_key", "x"],
          ["page", 1],
        ]),
        set: new Set(["Bearer abcdefgh"]),
        headers: new Headers({
          authorization: "Bearer abc",
          accept: "text/html",
        }),
        url: new URL("https://example.com/cb?code=abc&page=2"),
        query: new URLSearchParams({ refresh_token: "abc", page: "2" }),
        date,
        bytes: Buffer.from("secret"),
      })
    ).toEqual({
      map: { api_key: R, page: 1 },
      set: [`Bearer ${R}`],
      headers: { authorization: R, accept: "text/html" },
      url: `https://example.com/cb?code=${R}&page=2`,
      query: `refresh_token=${R}&page=2`,
      date,
      bytes: "[binary, 6 bytes]",
    })
  })

  it("survives cycles, repeated parts, throwing getters and functions", () => {
    const shared = { access_token: "x", ok: 1 }
    const input: Record<string, unknown> = {
      first: shared,
      second: shared,
      run: () => 1,
      tag: Symbol("x"),
    }
    input.self = input
    Object.defineProperty(input, "broken", {
      enumerable: true,
      get() {
        throw new Error("no")
      },
    })
    const copy = redact(input)
    expect(copy).toEqual({
      first: { access_token: R, ok: 1 },
      second: { access_token: R, ok: 1 },
      run: "[function]",
      tag: "[symbol]",
      self: "[circular]",
      broken: "[unreadable]",
    })
    expect(() => JSON.stringify(copy)).not.toThrow()
  })

  it("changes nothing in its input", () => {
    const input = Object.freeze({
      access_token: "x",
      list: Object.freeze(["Bearer abcdefgh"]),
    })
    redact(input)
    expect(input).toEqual({ access_token: "x", list: ["Bearer abcdefgh"] })
  })

  it("cannot be used to pollute prototypes", () => {
    const copy = redact(JSON.parse('{"__proto__":{"polluted":1}}')) as object
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  it.each([1, 1n, true, null, undefined, "plain text"])(
    "returns %p as it is",
    (value) => {
      expect(redact(value)).toBe(value)
    }
  )

  it("keeps name, message, code and cause of an error, without the secrets in them", () => {
    const cause = Object.assign(
      new Error("GET https://a/b?access_token=EAAB failed"),
      {
        code: "E1",
        response: { body: "SECRET" },
      }
    )
    const error = Object.assign(new TypeError("no: Bearer abc.def"), {
      cause,
      config: { x: "SECRET" },
    })
    expect(redact({ error })).toEqual({
      error: {
        name: "TypeError",
        message: `no: Bearer ${R}`,
        cause: {
          name: "Error",
          message: `GET https://a/b?access_token=${R} failed`,
          code: "E1",
        },
      },
    })
  })
})

describe("redact: text", () => {
  it.each([
    ["Authorization: Bearer abc.def-ghi_jkl~mno+p/q==", `Authorization: ${R}`],
    ["sent Bearer abc.def-ghi to host", `sent Bearer ${R} to host`],
    ["sent bearer abc", `sent bearer ${R}`],
    ["Basic dXNlcjpwYXNz", `Basic ${R}`],
    ["Bearer token-1234", `Bearer ${R}`],
    ["Cookie: sid=abc; other=def", `Cookie: ${R}`],
    ["x-api-key: abc def\nAccept: */*", `x-api-key: ${R}\nAccept: */*`],
    ["access_token=EAAB&page=2", `access_token=${R}&page=2`],
    [
      "https://a.b/c?code=AQB&state=s1#_=_",
      `https://a.b/c?code=${R}&state=${R}#_=_`,
    ],
    [
      "https://a.b/#access_token=EAAB&expires_in=60",
      `https://a.b/#access_token=${R}&expires_in=60`,
    ],
    [
      "client_secret=abc refresh_token=def",
      `client_secret=${R} refresh_token=${R}`,
    ],
    ["https://a.b/?key=AIza&q=shoes", `https://a.b/?key=${R}&q=shoes`],
    ["X-Amz-Signature=abc123", `X-Amz-Signature=${R}`],
    ['password="two words" user=me', `password=${R} user=me`],
    [
      '{"access_token":"EAAB","expires_in":60}',
      `{"access_token":"${R}","expires_in":60}`,
    ],
    ['{"refresh_token": "a\\"b", "x": 1}', `{"refresh_token": "${R}", "x": 1}`],
    [
      '{\\"access_token\\":\\"EAAB\\",\\"a\\":1}',
      `{\\"access_token\\":\\"${R}\\",\\"a\\":1}`,
    ],
    [
      "{ clientSecret: 'it\\'s', id: 'x', 'api_key': 'abc' }",
      `{ clientSecret: '${R}', id: 'x', 'api_key': '${R}' }`,
    ],
    ['{"access_token":"EAAB cut sh', `{"access_token":"${R}"`],
    ['{"pin": 1234}', `{"pin": "${R}"}`],
    [
      JSON.stringify(ENVELOPE),
      `{"encrypted":"${R}","iv":"AAAA","authTag":"${R}","keyVersion":1}`,
    ],
    ["postgres://user:pass@host:5432/db", `postgres://${R}@host:5432/db`],
    [
      "redis://:p@ss@host/0 and https://me@a.b/c@d",
      `redis://${R}@host/0 and https://${R}@a.b/c@d`,
    ],
    ["token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln!", `token ${R}!`],
  ])("%s", (text, expected) => {
    expect(redact(text)).toBe(expected)
  })

  it.each([
    "Basic authentication is required",
    "no Bearer token was sent",
    "[Token Helper] Failed to decrypt access token: no key of version 2",
    "[Token Helper] Using plaintext access_token (not encrypted). Consider re-authenticating.",
    "[TOKEN_DECRYPT] outcome=failed table=social_platform field=access_token row=x key_version=3 reason=tampered",
    "ENCRYPTION_KEY environment variable must be set",
    "https://example.com/path?page=2&sort=name",
    '{"message":"Invalid token","type":"OAuthException","token_type":"bearer"}',
    "2024-01-01T10:20:30Z done in 5ms",
  ])("leaves alone: %s", (text) => {
    expect(redact(text)).toBe(text)
  })

  it("takes linear time on hostile text", () => {
    const start = Date.now()
    for (const part of [
      "a=",
      "a-",
      "a: '",
      '"a":"\\',
      "Bearer ",
      "https://",
      "eyJhbGci.",
      "x-",
      "a.",
      "a:'",
      "eyJabcdef.",
      '\\"',
      "cookie: ",
    ]) {
      redact(part.repeat(100_000 / part.length))
    }
    expect(Date.now() - start).toBeLessThan(2000)
  })
})
