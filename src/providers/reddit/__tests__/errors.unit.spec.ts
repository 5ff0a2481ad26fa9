import type { ServiceErrorClass } from "../../../errors/service-error"
import { failureIn } from "../../api-errors"
import { redditDescription } from "../description"
import { waitInWords } from "../errors"

const NOW = Date.parse("2026-11-22T12:00:00Z")

beforeEach(() => {
  jest.useFakeTimers({ now: NOW })
})
afterEach(() => {
  jest.useRealTimers()
})

const failureOf = (
  status: number,
  body: object | string,
  headers: Record<string, string> = {}
) =>
  failureIn(
    redditDescription,
    new Response(null, {
      status,
      headers: {
        "content-type":
          typeof body === "string" ? "text/html" : "application/json",
        ...headers,
      },
    }),
    typeof body === "string" ? body : JSON.stringify(body)
  )

/** In s. */
const waitOf = (at: Date | undefined): number | undefined =>
  at && (at.getTime() - NOW) / 1000

type Row = [
  code: string,
  message: string,
  field: string | null,
  errorClass: ServiceErrorClass,
  advice: RegExp | null,
  retry?: number,
]

/** Refusals with HTTP 200 (`json.errors`), in the words of Reddit's source and of its site. */
const ROWS: readonly Row[] = [
  [
    "RATELIMIT",
    "you are doing that too much. try again in 9 minutes.",
    "ratelimit",
    "rate_limited",
    /as soon as Reddit takes it/,
    540,
  ],
  [
    "RATELIMIT",
    "Looks like you've been doing that a lot. Take a break for 30 seconds before trying again.",
    "ratelimit",
    "rate_limited",
    /as soon as/,
    30,
  ],
  [
    "RATELIMIT",
    "you are doing that too much.",
    null,
    "rate_limited",
    null,
    600,
  ],
  [
    "SUBREDDIT_RATELIMIT",
    "you are doing that too much. try again later.",
    "sr",
    "rate_limited",
    null,
    600,
  ],
  [
    "QUOTA_FILLED",
    "You've submitted too many links recently. Please try again in an hour.",
    null,
    "rate_limited",
    null,
    3600,
  ],
  [
    "ALREADY_SUB",
    "that link has already been submitted",
    "url",
    "duplicate",
    /Post a link again/,
  ],
  [
    "SUBREDDIT_NOEXIST",
    "that subreddit doesn't exist",
    "sr",
    "content_rejected",
    /there is none/,
  ],
  [
    "BAD_SR_NAME",
    "that name isn't going to work",
    "sr",
    "content_rejected",
    /there is none/,
  ],
  [
    "SUBREDDIT_NOTALLOWED",
    "you aren't allowed to post there.",
    "sr",
    "account_restricted",
    /Ask its moderators/,
  ],
  [
    "BANNED_FROM_SUBREDDIT",
    "that user is banned from the subreddit",
    "sr",
    "account_restricted",
    /have banned the account/,
  ],
  [
    "NO_SELFS",
    "that subreddit doesn't allow text posts",
    "sr",
    "content_rejected",
    /takes no text posts/,
  ],
  [
    "NO_LINKS",
    "that subreddit only allows text posts",
    "sr",
    "content_rejected",
    /text posts alone/,
  ],
  [
    "GALLERIES_DISABLED",
    "Gallery posts aren't allowed in this subreddit",
    "sr",
    "content_rejected",
    /files of this kind/,
  ],
  [
    "SUBMIT_VALIDATION_FLAIR_REQUIRED",
    "Your post must contain post flair.",
    "flair",
    "content_rejected",
    /Choose one of the community's flairs/,
  ],
  [
    "BAD_FLAIR_TEMPLATE_ID",
    "not a valid flair",
    "flair",
    "content_rejected",
    /flairs/,
  ],
  [
    "SUBMIT_VALIDATION_BODY_BLACKLISTED_STRING",
    "This community doesn't allow that word",
    "body",
    "content_rejected",
    /community's rules/,
  ],
  [
    "TOO_LONG",
    "this is too long (max: 300)",
    "title",
    "content_rejected",
    /Shorten the title/,
  ],
  [
    "NO_TEXT",
    "we need something here",
    "title",
    "content_rejected",
    /Enter a title/,
  ],
  [
    "NO_TEXT",
    "we need something here",
    "text",
    "content_rejected",
    /Change the text/,
  ],
  [
    "NO_URL",
    "a url is required",
    "url",
    "content_rejected",
    /Look at the link/,
  ],
  [
    "DOMAIN_BANNED",
    "shop.example is not allowed on reddit: spam",
    "url",
    "content_rejected",
    /Take the link off/,
  ],
  [
    "MISSING_VIDEO_URLS",
    "This community requires a video link and a post link",
    "url",
    "content_rejected",
    /for a video a cover/,
  ],
  [
    "THREAD_LOCKED",
    "Comments are locked.",
    "parent",
    "content_rejected",
    /no comments any more/,
  ],
  [
    "TOO_OLD",
    "that's a piece of history now; it's too late to reply to it",
    "parent",
    "content_rejected",
    /no comments any more/,
  ],
  [
    "IN_TIMEOUT",
    "You can't do that while suspended.",
    null,
    "account_restricted",
    /Log in at Reddit/,
  ],
  [
    "VERIFIED_USER_REQUIRED",
    "you need to set a valid email address to do that.",
    null,
    "account_restricted",
    /e-mail address/,
  ],
  [
    "USER_REQUIRED",
    "Please log in to do that.",
    null,
    "token_invalid",
    /Connect the platform again/,
  ],
  ["SOMETHING_IS_BROKEN", "", null, "transient", null, 60],
]

describe("Reddit's refusals", () => {
  it.each(ROWS.map((row) => [row[0], row[1], row[3], row] as const))(
    "takes %s (%s) as %s",
    (_code, _message, _class, row) => {
      const [code, message, field, errorClass, advice, retry] = row
      const error = failureOf(
        200,
        { json: { errors: [[code, message, field]] } },
        // The end of the app's own window, which is another matter.
        errorClass === "rate_limited" ? {} : { "x-ratelimit-reset": "365" }
      )
      expect(error?.errorClass).toBe(errorClass)
      expect(error?.code).toBe(field ? `${code}/${field}` : code)
      expect(error?.message).toContain(message)
      expect(error?.message).toMatch(advice ?? /Reddit answered 200/)
      expect(waitOf(error?.retryAt)).toBe(retry)
      expect(error?.outcomeUnknown).toBe(false)
    }
  )

  it("takes the exact wait before the one in words", () => {
    const error = failureOf(
      200,
      {
        json: {
          ratelimit: 349.5,
          errors: [
            [
              "RATELIMIT",
              "you are doing that too much. try again in 5 minutes.",
              "ratelimit",
            ],
          ],
        },
      },
      { "x-ratelimit-reset": "17" }
    )
    expect(waitOf(error?.retryAt)).toBe(349.5)
  })

  it("says all of several complaints", () => {
    const error = failureOf(200, {
      json: {
        errors: [
          ["NO_TEXT", "we need something here", "title"],
          ["NO_URL", "a url is required", "url"],
        ],
      },
    })
    expect(error?.message).toContain("we need something here a url is required")
  })

  it("takes a response without complaints for a success", () => {
    expect(
      failureOf(200, { json: { errors: [], data: { id: "t3_huw6vs" } } })
    ).toBeUndefined()
    expect(failureOf(200, { kind: "Listing" })).toBeUndefined()
  })

  it.each([
    ["try again in 9 minutes.", 540],
    ["try again in 1 minute.", 60],
    ["Take a break for 250 milliseconds", 1],
    ["try again in 2 hours", 7200],
    ["Please try again in an hour.", 3600],
    ["wait a day", 86_400],
    ["try again later.", undefined],
  ])("reads the wait in %j", (words, seconds) => {
    expect(waitInWords(words)).toBe(seconds)
  })

  it.each<
    [number, object | string, Record<string, string>, ServiceErrorClass, RegExp]
  >([
    [
      401,
      { message: "Unauthorized", error: 401 },
      { "www-authenticate": 'Bearer realm="reddit", error="invalid_token"' },
      "token_invalid",
      /invalid_token/,
    ],
    [
      403,
      { message: "Forbidden", error: 403 },
      {
        "www-authenticate": 'Bearer realm="reddit", error="insufficient_scope"',
      },
      "permission",
      /allow everything/,
    ],
    [
      403,
      { reason: "private", message: "Forbidden", error: 403 },
      {},
      "account_restricted",
      /Only some accounts/,
    ],
    [
      404,
      { reason: "banned", message: "Not Found", error: 404 },
      {},
      "content_rejected",
      /has closed the community/,
    ],
    [
      400,
      {
        fields: ["sr"],
        explanation: "that subreddit doesn't exist",
        message: "Bad Request",
        reason: "SUBREDDIT_NOEXIST",
      },
      {},
      "content_rejected",
      /that subreddit doesn't exist\. Look at the community/,
    ],
    [
      403,
      "<!doctype html><p>You've been blocked by network security.",
      {},
      "config_error",
      /does not let this program in/,
    ],
    [
      403,
      { message: "Forbidden", error: 403 },
      {},
      "account_restricted",
      /does not allow it/,
    ],
  ])("means a %i of %j so", (status, body, headers, errorClass, words) => {
    const error = failureOf(status, body, headers)
    expect(error?.errorClass).toBe(errorClass)
    expect(`${error?.code} ${error?.message}`).toMatch(words)
  })

  it("waits until the app's window is over when it has used up its requests", () => {
    const error = failureOf(
      429,
      { message: "Too Many Requests", error: 429 },
      {
        "x-ratelimit-used": "1000",
        "x-ratelimit-remaining": "0.0",
        "x-ratelimit-reset": "67",
      }
    )
    expect(error?.errorClass).toBe("rate_limited")
    expect(waitOf(error?.retryAt)).toBe(67)
  })

  it("does not know what became of a post when a gateway gives up", () => {
    expect(failureOf(502, "<html>Bad gateway</html>")?.outcomeUnknown).toBe(
      true
    )
  })
})
