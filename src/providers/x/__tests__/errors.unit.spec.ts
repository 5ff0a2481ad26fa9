import type { ServiceErrorClass } from "../../../errors/service-error"
import { failureIn } from "../../api-errors"
import { xDescription } from "../description"

const NOW = Date.parse("2026-11-22T12:00:00Z")
const SOON = NOW / 1000 + 300
const LATE = NOW / 1000 + 40_000

type Row = [
  status: number,
  body: object,
  errorClass: ServiceErrorClass,
  advice: RegExp | null,
  /** In s from now; null for none. */
  retry?: number | null,
  headers?: Record<string, number>,
]

const typed = (type: string, detail = "Refused", more: object = {}) => ({
  title: "Refused",
  detail,
  type: `https://api.x.com/2/problems/${type}`,
  ...more,
})

/** Most refusals of a post: of no type of their own. */
const plain = (detail: string, title = "Forbidden") => ({
  title,
  detail,
  type: "about:blank",
})

/** What is left of version 1. */
const numbered = (code: number, message = "Refused") => ({
  errors: [{ code, message }],
})

const CONSOLE = /Developer Console/

/** As "Response codes & errors" of the API has them, and the codes of version 1. */
const ROWS: readonly Row[] = [
  [400, typed("invalid-request"), "content_rejected", null],
  [401, plain("Unauthorized", "Unauthorized"), "token_invalid", null],
  [401, numbered(32), "token_invalid", /Connect the platform again/],
  [401, numbered(89), "token_invalid", /Connect the platform again/],
  [401, numbered(135), "config_error", /clock/],
  [402, typed("credits", "No credits"), "config_error", /Buy credits/],
  [402, plain("Payment Required"), "config_error", /Buy credits/],
  [
    403,
    typed("client-forbidden", "Refused", { reason: "client-not-enrolled" }),
    "config_error",
    CONSOLE,
  ],
  [403, typed("oauth1-permissions"), "config_error", /Read and write/],
  [403, numbered(261), "config_error", /Read and write/],
  [403, typed("unsupported-authentication"), "config_error", /another kind/],
  [403, numbered(453), "config_error", CONSOLE],
  [403, numbered(416), "config_error", /suspended the app/],
  [403, typed("not-authorized-for-resource"), "permission", /still exists/],
  [
    403,
    plain("You are not permitted to perform this action."),
    "permission",
    /allow everything/,
  ],
  [
    403,
    plain("You are not allowed to create a Tweet with duplicate content."),
    "duplicate",
    /Change the text/,
  ],
  [
    403,
    numbered(187, "Status is a duplicate."),
    "duplicate",
    /Change the text/,
  ],
  [
    403,
    plain(
      "Your account is suspended and is not permitted to access this feature."
    ),
    "account_restricted",
    /Log in at x.com/,
  ],
  [403, numbered(64), "account_restricted", /Log in at x.com/],
  [403, numbered(326), "account_restricted", /Log in at x.com/],
  [403, numbered(226), "account_restricted", /automated/],
  [
    403,
    plain("This request looks like it might be automated."),
    "account_restricted",
    /vary the text/,
  ],
  [
    403,
    plain(
      "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to."
    ),
    "content_rejected",
    /enterprise plan/,
  ],
  [
    403,
    plain(
      "You attempted to reply to a Tweet that is deleted or not visible to you."
    ),
    "content_rejected",
    /not there any more/,
  ],
  [403, numbered(385), "content_rejected", /not there any more/],
  [403, plain("Your Tweet text is too long."), "content_rejected", /Shorten/],
  [403, numbered(186), "content_rejected", /Shorten/],
  [
    403,
    plain("Posts are limited to a maximum of 1 cashtag."),
    "content_rejected",
    /one cashtag/,
  ],
  [
    400,
    {
      ...typed("invalid-request", "One or more parameters were invalid."),
      errors: [{ message: "Your media IDs are invalid.", parameters: {} }],
    },
    "content_rejected",
    /sent anew/,
  ],
  [400, numbered(324), "content_rejected", /sent anew/],
  [400, numbered(386), "content_rejected", /four images/],
  [400, plain("The poll is invalid."), "content_rejected", /Change the poll/],
  [
    403,
    plain("You are not a member of this community."),
    "content_rejected",
    /member of the community/,
  ],
  [404, typed("resource-not-found"), "content_rejected", /still there/],
  [404, numbered(144), "content_rejected", /still there/],
  [
    429,
    plain("Too Many Requests", "Too Many Requests"),
    "rate_limited",
    null,
    300,
    { "x-rate-limit-reset": SOON, "x-rate-limit-remaining": 0 },
  ],
  [429, typed("rate-limit-exceeded"), "rate_limited", null, 900],
  [
    429,
    plain("Too Many Requests", "Too Many Requests"),
    "rate_limited",
    null,
    40_000,
    {
      "x-rate-limit-reset": SOON,
      "x-rate-limit-remaining": 60,
      "x-app-limit-24hour-remaining": 0,
      "x-app-limit-24hour-reset": LATE,
    },
  ],
  [
    429,
    plain("Too Many Requests", "Too Many Requests"),
    "rate_limited",
    null,
    40_000,
    {
      "x-rate-limit-reset": SOON,
      "x-user-limit-24hour-remaining": 0,
      "x-user-limit-24hour-reset": LATE,
    },
  ],
  [403, numbered(185), "rate_limited", /in a day/, 3_600],
  [403, numbered(344), "rate_limited", /in a day/, 3_600],
  [
    429,
    typed("usage-capped", "Usage cap exceeded: Monthly product cap", {
      title: "UsageCapExceeded",
      period: "Monthly",
    }),
    "config_error",
    /next period/,
    null,
    { "x-rate-limit-remaining": 60, "x-rate-limit-reset": SOON },
  ],
  [500, typed("internal-error"), "transient", null],
  [503, plain("Service Unavailable", "Service Unavailable"), "transient", null],
  [503, numbered(130, "Over capacity"), "transient", null],
  // Some endpoints refuse with the status of a success.
  [200, { errors: [typed("resource-not-found")] }, "content_rejected", null],
]

const failureOf = (
  status: number,
  body: object,
  headers: Record<string, number> = {}
) =>
  failureIn(
    xDescription,
    new Response(null, {
      status,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, String(value)])
      ),
    }),
    JSON.stringify(body)
  )

describe("what X refuses", () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: NOW })
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  it.each(ROWS)(
    "%d %j is %s",
    (status, body, errorClass, advice, retry = null, headers = {}) => {
      const failure = failureOf(status, body, headers)
      expect(failure).toMatchObject({ errorClass, status })
      expect(failure?.outcomeUnknown).toBe(status >= 500)
      if (advice) {
        expect(failure?.message).toMatch(advice)
      }
      expect(failure?.retryAt?.getTime() ?? null).toBe(
        retry === null ? null : NOW + retry * 1000
      )
    }
  )

  it("is told in X's words, with its code and what to do", () => {
    expect(
      failureOf(
        403,
        typed("client-forbidden", "Attach the app to a project", {
          reason: "client-not-enrolled",
        })
      )?.message
    ).toBe(
      "X answered 403 (client-forbidden/client-not-enrolled): Attach the app to a project. Add the app to a project with a plan that may post, in the Developer Console (console.x.com)."
    )
  })

  it.each([
    { data: { id: "17" }, errors: [typed("not-authorized-for-field")] },
    { meta: { result_count: 0 } },
    { data: { deleted: true } },
  ])("is nothing of the response %j", (body) => {
    expect(failureOf(200, body)).toBeUndefined()
  })
})
