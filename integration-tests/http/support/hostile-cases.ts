import {
  breakingOff,
  brotliBomb,
  ECHO,
  endingEarly,
  granting,
  gzipBomb,
  hugeHeaders,
  noHttp,
  saying,
  sayingTokens,
  type TokenAnswer,
  trickling,
} from "./hostile-responses"

/** Longest wait for an answer in these tests, in ms. */
export const PATIENCE_MS = 1_500

const NO_TOKEN = "The token endpoint answered without a usable access token."
const NO_BEARER =
  'The token endpoint answered with a token of another type than "bearer".'
const NO_REFRESH_TOKEN =
  "The token endpoint answered with a refresh token that cannot be used."
const NO_STANDARD = /got a response that does not follow the standard\.$/
const SERVICE = "Any service with OAuth 2"
export const TOO_LARGE = `${SERVICE} answered with more than 1048576 bytes.`
const BROKEN = `${SERVICE} could not be reached (ECONNRESET).`

/** A failure that passes, with what is recorded of it. */
export type Failure = [
  what: string,
  answer: TokenAnswer,
  code: string | RegExp,
  message: string | RegExp,
]

const malformed = (
  what: string,
  answer: TokenAnswer,
  message: string | RegExp
): Failure => [what, answer, "malformed_response", message]

/** Nothing of these says anything about the grant. */
export const failures: Failure[] = [
  malformed(
    "no access token",
    sayingTokens({ access_token: undefined }),
    NO_TOKEN
  ),
  malformed(
    "an empty access token",
    sayingTokens({ access_token: "" }),
    NO_TOKEN
  ),
  malformed(
    "a number for an access token",
    sayingTokens({ access_token: 7 }),
    NO_TOKEN
  ),
  malformed(
    "an object for an access token",
    sayingTokens({ access_token: { value: ECHO } }),
    NO_TOKEN
  ),
  malformed(
    "an access token with a line break",
    sayingTokens({ access_token: `${ECHO}\r\nx-other: 1` }),
    NO_TOKEN
  ),
  malformed(
    "a number for the token's type",
    sayingTokens({ token_type: 7 }),
    NO_BEARER
  ),
  malformed(
    "an object for the token's type",
    sayingTokens({ token_type: { value: ECHO } }),
    NO_BEARER
  ),
  malformed(
    "another type of token",
    sayingTokens({ token_type: "mac" }),
    NO_BEARER
  ),
  malformed(
    "an object for a refresh token",
    sayingTokens({ refresh_token: { value: ECHO } }),
    NO_REFRESH_TOKEN
  ),
  malformed(
    "a page",
    saying(`<h1>${ECHO}</h1>`, 200, { "content-type": "text/html" }),
    NO_STANDARD
  ),
  malformed("no body", saying(""), NO_STANDARD),
  malformed("null", saying("null"), NO_STANDARD),
  malformed(
    "a list",
    saying([{ access_token: ECHO, token_type: "bearer" }]),
    NO_STANDARD
  ),
  malformed(
    "lists in lists without end",
    saying("[".repeat(500_000)),
    NO_STANDARD
  ),
  malformed("half an answer", saying(`{"access_token":"${ECHO}`), NO_STANDARD),
  [
    "an object for an error",
    saying({ error: { code: ECHO } }, 400),
    "http_400",
    /the service answered 400\.$/,
  ],
  [
    "an error that is a long text",
    saying({ error: ECHO.repeat(50) }, 400),
    "unknown_error",
    /refused by the service \(unknown_error\)\.$/,
  ],
  [
    "a server's error that speaks of the grant",
    saying({ error: "invalid_grant", error_description: ECHO }, 500),
    "http_500",
    /the service answered 500\.$/,
  ],
  ["a gzip bomb", gzipBomb(), "response_too_large", TOO_LARGE],
  ["a brotli bomb", brotliBomb(), "response_too_large", TOO_LARGE],
  [
    "a body that trickles for ever",
    trickling,
    "timeout",
    // A refresh that was sent has more time than other requests.
    new RegExp(`^${SERVICE} did not answer within \\d+ ms\\.$`),
  ],
  [
    "a connection reset in the middle of the body",
    breakingOff,
    "ECONNRESET",
    BROKEN,
  ],
  ["a body shorter than it was said to be", endingEarly, "ECONNRESET", BROKEN],
  ["another protocol", noHttp, /^HPE_/, /could not be reached \(HPE_\w+\)\.$/],
  [
    "a huge header",
    hugeHeaders,
    "HPE_HEADER_OVERFLOW",
    /could not be reached \(HPE_HEADER_OVERFLOW\)\.$/,
  ],
]

export const HOUR = 3600

/** A JSON Web Token of someone else's, from a clock that is a year ahead. */
const idToken = (claims: object): string =>
  [{ alg: "HS256" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".") + `.${ECHO}`
const nextYear = Math.floor(Date.now() / 1000) + 365 * 86_400

/** A token's lifetime in s, or null for one that is not known. */
export type Oddity = [
  what: string,
  answer: TokenAnswer,
  lifetime: number | null,
]

/** None of these must cost the token: the old one may be used up. */
export const oddities: [about: string, oddities: Oddity[]][] = [
  [
    "lifetime",
    [
      ["text", granting({ expires_in: "3600" }), HOUR],
      ["none", granting({ expires_in: undefined }), null],
      ["null", granting({ expires_in: null }), null],
      ["negative", granting({ expires_in: -1 }), null],
      ["0", granting({ expires_in: 0 }), null],
      ["1e12 s", granting({ expires_in: 1e12 }), null],
      ["1e300 s", granting({ expires_in: 1e300 }), null],
      ["no number", granting({ expires_in: "NaN" }), null],
      ["a word", granting({ expires_in: "soon" }), null],
      ["an object", granting({ expires_in: { s: 3600 } }), null],
    ],
  ],
  [
    "type or form",
    [
      ["no type", granting({ token_type: undefined }), HOUR],
      ["null for a type", granting({ token_type: null }), HOUR],
      [
        "JSON that is called text",
        granting({}, { "content-type": "text/plain" }),
        HOUR,
      ],
      ["status 201", granting({}, {}, 201), HOUR],
    ],
  ],
  [
    "scope",
    [
      ["with a NUL", granting({ scope: "read wri\u0000te" }), HOUR],
      ["null", granting({ scope: null }), HOUR],
      ["a list", granting({ scope: ["read", "write"] }), HOUR],
    ],
  ],
  [
    "clock",
    [
      [
        "a year ahead",
        granting({}, { date: new Date(nextYear * 1000).toUTCString() }),
        HOUR,
      ],
      ["of 1970", granting({}, { date: new Date(0).toUTCString() }), HOUR],
    ],
  ],
  [
    "ID token",
    [
      [
        "of the future, by someone else",
        granting({
          id_token: idToken({
            iss: "https://other.example.com",
            iat: nextYear,
            exp: nextYear + HOUR,
          }),
        }),
        HOUR,
      ],
      [
        "that is over",
        granting({ id_token: idToken({ iat: 1, exp: 2 }) }),
        HOUR,
      ],
      ["that is none", granting({ id_token: 7 }), HOUR],
    ],
  ],
]
