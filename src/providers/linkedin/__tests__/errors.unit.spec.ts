import type { ServiceErrorClass } from "../../../errors/service-error"
import { failureIn } from "../../api-errors"
import { linkedinDescription } from "../description"

type Row = [
  says: string,
  status: number,
  body: object | string,
  errorClass: ServiceErrorClass,
  sentence: RegExp,
  /** In s; "midnight" by UTC. */
  retry?: number | "midnight",
]

const JAVA = "com.linkedin.content.common.exception.BadRequestResponseException"

/** Responses as LinkedIn's pages, and people who have had them, show them. */
const ROWS: readonly Row[] = [
  [
    "an expired token",
    401,
    {
      status: 401,
      serviceErrorCode: 65602,
      code: "EXPIRED_ACCESS_TOKEN",
      message: "The token used in the request has expired",
    },
    "token_expired",
    /has expired\. Connect the platform again\.$/,
  ],
  [
    "a revoked token",
    401,
    {
      status: 401,
      serviceErrorCode: 65601,
      code: "REVOKED_ACCESS_TOKEN",
      message: "The token used in the request has been revoked by the user",
    },
    "token_invalid",
    /revoked by the user\. Connect the platform again\.$/,
  ],
  [
    "an invalid token",
    401,
    {
      status: 401,
      serviceErrorCode: 65600,
      code: "INVALID_ACCESS_TOKEN",
      message: "Invalid access token",
    },
    "token_invalid",
    /Connect the platform again/,
  ],
  [
    "no token, in the older form",
    401,
    {
      status: 401,
      serviceErrorCode: 65604,
      message: "Empty oauth2 access token",
    },
    "token_invalid",
    /\(65604\): Empty oauth2 access token/,
  ],
  [
    "a member that is restricted",
    401,
    {
      status: 401,
      serviceErrorCode: 65608,
      code: "RESTRICTED_MEMBER",
      message: "Member is restricted",
    },
    "account_restricted",
    /Log in at LinkedIn to see what it wants/,
  ],
  [
    "an app without the product",
    403,
    {
      status: 403,
      serviceErrorCode: 100,
      code: "ACCESS_DENIED",
      message:
        "Not enough permissions to access: partnerApiPostsExternal.CREATE.20260901",
    },
    "permission",
    /look at the app's Products at LinkedIn/,
  ],
  [
    "a person without a role on the page",
    403,
    {
      status: 403,
      serviceErrorCode: 100,
      code: "ACCESS_DENIED",
      message:
        "Organization permissions must be used when using organization as author",
    },
    "permission",
    /administrator or content administrator of the page/,
  ],
  [
    "a 403 that says nothing",
    403,
    {},
    "permission",
    /Connect the platform again as somebody who may publish there/,
  ],
  [
    "a duplicate, in the Posts API's form",
    422,
    {
      errorDetailType: "com.linkedin.common.error.BadRequest",
      message: `${JAVA}: Content is a duplicate of urn:li:share:7295588489876647936`,
      errorDetails: {
        inputErrors: [
          {
            description: "Duplicate post is detected",
            input: {},
            code: "DUPLICATE_POST",
          },
        ],
      },
      status: 422,
    },
    "duplicate",
    /^LinkedIn answered 422 \(DUPLICATE_POST\): Content is a duplicate of urn:li:share:7295588489876647936 Duplicate post is detected\. Change the text/,
  ],
  [
    "a duplicate without a code",
    422,
    { status: 422, message: "Content is a duplicate of urn:li:share:7243" },
    "duplicate",
    /Change the text, or wait/,
  ],
  [
    "a field that is missing",
    422,
    {
      status: 422,
      message: "Invalid param",
      errorDetails: {
        inputErrors: [
          {
            code: "MISSING_FIELD",
            description: "field is required but not found",
            input: { inputPath: { fieldPath: "/visibility" } },
          },
        ],
      },
    },
    "content_rejected",
    /\(MISSING_FIELD\): Invalid param \/visibility: field is required but not found/,
  ],
  [
    "a text that is too long",
    422,
    {
      status: 422,
      message: "ERROR :: /commentary :: length exceeds maximum allowed 3000",
      errorDetails: { inputErrors: [{ code: "FIELD_LENGTH_TOO_LONG" }] },
    },
    "content_rejected",
    /Shorten the text\.$/,
  ],
  [
    "a file of somebody else's",
    400,
    {
      status: 400,
      message:
        "com.linkedin.publishing.util.common.ResponseException: One or more of the assets is not owned by the author. All assets must be owned by the author",
    },
    "content_rejected",
    /: One or more of the assets is not owned .* send the files anew\.$/,
  ],
  [
    "a file that is not ready",
    400,
    { status: 400, message: "The asset is not yet available: PROCESSING" },
    "transient",
    /not yet available/,
    30,
  ],
  [
    "a version that has ended",
    426,
    {
      status: 426,
      code: "NONEXISTENT_VERSION",
      message: "Requested version 20240401 is not active",
    },
    "config_error",
    /enter a newer one in the platform's settings, as year and month/,
  ],
  [
    "no version",
    400,
    {
      status: 400,
      code: "VERSION_MISSING",
      message: "A version must be present.",
    },
    "config_error",
    /Enter a version of the API/,
  ],
  [
    "a day's limit",
    429,
    {
      status: 429,
      serviceErrorCode: 101,
      code: "TOO_MANY_REQUESTS",
      message:
        "Resource level throttle APPLICATION DAY limit for calls to this resource is reached.",
    },
    "rate_limited",
    /back at midnight UTC/,
    "midnight",
  ],
  [
    "another limit",
    429,
    {
      status: 429,
      serviceErrorCode: 101,
      message:
        "Resource level throttle limit for calls to this resource is reached.",
    },
    "rate_limited",
    /\(101\): Resource level throttle/,
    60,
  ],
  [
    "what is not there",
    404,
    { status: 404, code: "NOT_FOUND", message: "Could not find entity" },
    "content_rejected",
    /whether it is still there/,
  ],
  [
    "a conflict",
    409,
    { status: 409, code: "CONFLICT", message: "Write conflict" },
    "transient",
    /Write conflict/,
    10,
  ],
  [
    "trouble of its own",
    500,
    { status: 500, message: "Internal Server Error" },
    "transient",
    /Internal Server Error/,
  ],
  [
    "too much to do",
    503,
    { status: 503, message: "Unable to obtain activity" },
    "transient",
    /Unable to obtain activity/,
  ],
  ["a gateway's page", 502, "<html>Bad Gateway</html>", "transient", /502/],
]

describe("a failure of LinkedIn's", () => {
  const now = Date.parse("2026-11-22T10:20:00Z")
  beforeAll(() => jest.useFakeTimers({ now, doNotFake: ["nextTick"] }))
  afterAll(() => void jest.useRealTimers())

  it.each(ROWS.map((row) => [row[0], row] as const))("says %s", (_, row) => {
    const [, status, body, errorClass, sentence, retry] = row
    const text = typeof body === "string" ? body : JSON.stringify(body)
    const failure = failureIn(
      linkedinDescription,
      new Response(text, { status }),
      text
    )
    expect(failure).toMatchObject({ errorClass, status })
    expect(failure?.message).toMatch(sentence)
    expect(failure?.message).not.toMatch(/com\.linkedin/)
    const wait = failure?.retryAt && (failure.retryAt.getTime() - now) / 1000
    expect(wait).toBe(retry === "midnight" ? (13 * 60 + 40) * 60 : retry)
  })

  it("follows Retry-After, and names no failure where there is none", () => {
    const refused = new Response("{}", {
      status: 429,
      headers: { "retry-after": "7" },
    })
    expect(failureIn(linkedinDescription, refused, "{}")?.retryAt).toEqual(
      new Date(now + 7_000)
    )
    expect(
      failureIn(linkedinDescription, new Response("{}"), '{"message":"fine"}')
    ).toBeUndefined()
  })
})
