import { redactText } from "../redact-text"

const R = "[redacted]"
const ENVELOPE = {
  encrypted: "AAAA",
  iv: "AAAA",
  authTag: "AAAA",
  keyVersion: 1,
}

describe("a text", () => {
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
    expect(redactText(text)).toBe(expected)
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
    expect(redactText(text)).toBe(text)
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
      redactText(part.repeat(100_000 / part.length))
    }
    expect(Date.now() - start).toBeLessThan(5000)
  })
})
