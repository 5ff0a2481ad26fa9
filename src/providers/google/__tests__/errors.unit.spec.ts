import type { ServiceErrorClass } from "../../../errors/service-error"
import { failureIn } from "../../api-errors"
import { businessProfileDescription } from "../business-profile/description"
import { nextPacificMidnight } from "../errors"
import { youtubeDescription } from "../youtube/description"

type Row = [
  status: number,
  reason: string,
  domain: string,
  errorClass: ServiceErrorClass,
  advice: RegExp | null,
  /** In s; "midnight" by Pacific time. */
  retry?: number | "midnight",
]

/** The form that the YouTube Data API refuses in. */
const refusal = (status: number, reason: string, domain: string) => ({
  error: {
    code: status,
    message: "Refused",
    errors: [{ message: "Refused", domain, reason }],
  },
})

const VIDEO = "youtube.video"
const ITEM = "youtube.playlistItem"

/** Reasons as the page "Errors" of the YouTube Data API and "Standard error responses" have them. */
const ROWS: readonly Row[] = [
  [401, "authError", "global", "token_invalid", null],
  [401, "authorizationRequired", "youtube.common", "token_invalid", null],
  [
    401,
    "youtubeSignupRequired",
    "youtube.header",
    "account_restricted",
    /Create a channel/,
  ],
  [
    403,
    "authenticatedUserNotChannel",
    "youtube.common",
    "account_restricted",
    /Create a channel/,
  ],
  [
    404,
    "channelNotFound",
    "youtube.common",
    "account_restricted",
    /Create a channel/,
  ],
  [
    403,
    "authenticatedUserAccountClosed",
    "youtube.common",
    "account_restricted",
    /YouTube Studio/,
  ],
  [
    403,
    "authenticatedUserAccountSuspended",
    "youtube.common",
    "account_restricted",
    /YouTube Studio/,
  ],
  [
    403,
    "channelClosed",
    "youtube.common",
    "account_restricted",
    /YouTube Studio/,
  ],
  [
    403,
    "channelSuspended",
    "youtube.common",
    "account_restricted",
    /YouTube Studio/,
  ],
  [
    403,
    "accountDelegationForbidden",
    "youtube.common",
    "account_restricted",
    /YouTube Studio/,
  ],
  [403, "forbidden", "youtube.common", "permission", null],
  [
    403,
    "insufficientPermissions",
    "global",
    "permission",
    /leave every box ticked/,
  ],
  [
    403,
    "quotaExceeded",
    "youtube.quota",
    "rate_limited",
    /midnight, Pacific/,
    "midnight",
  ],
  [
    403,
    "dailyLimitExceeded",
    "usageLimits",
    "rate_limited",
    /midnight, Pacific/,
    "midnight",
  ],
  [403, "rateLimitExceeded", "usageLimits", "rate_limited", null, 60],
  [403, "userRateLimitExceeded", "usageLimits", "rate_limited", null, 60],
  [403, "servingLimitExceeded", "global", "rate_limited", null, 60],
  [403, "concurrentLimitExceeded", "usageLimits", "rate_limited", null, 60],
  [
    429,
    "uploadRateLimitExceeded",
    "youtube.thumbnail",
    "rate_limited",
    null,
    300,
  ],
  [429, "tooManyRequests", "youtube.common", "rate_limited", null, 300],
  [400, "uploadLimitExceeded", VIDEO, "rate_limited", /24 hours/, 86_400],
  [403, "accessNotConfigured", "usageLimits", "config_error", /Enable the API/],
  [400, "keyInvalid", "usageLimits", "config_error", /Cloud console/],
  [403, "accountDisabled", "global", "account_restricted", /Log in/],
  [
    403,
    "forbidden",
    "youtube.thumbnail",
    "account_restricted",
    /youtube\.com\/verify/,
  ],
  [400, "invalidTitle", VIDEO, "content_rejected", /100 characters/],
  [400, "invalidDescription", VIDEO, "content_rejected", /5,000 bytes/],
  [400, "invalidTags", VIDEO, "content_rejected", /500 characters/],
  [400, "invalidCategoryId", VIDEO, "content_rejected", /another category/],
  [400, "invalidVideoMetadata", VIDEO, "content_rejected", /settings/],
  [400, "invalidPublishAt", VIDEO, "content_rejected", /settings/],
  [400, "invalidFilename", VIDEO, "content_rejected", /settings/],
  [400, "invalidRecordingDetails", VIDEO, "content_rejected", /settings/],
  [400, "defaultLanguageNotSet", VIDEO, "content_rejected", /settings/],
  [400, "defaultLanguageNotSetError", VIDEO, "content_rejected", /settings/],
  [400, "mediaBodyRequired", VIDEO, "content_rejected", /settings/],
  [403, "forbiddenPrivacySetting", VIDEO, "content_rejected", /visibility/],
  [403, "forbiddenLicenseSetting", VIDEO, "content_rejected", /licence/],
  [403, "forbiddenEmbedSetting", VIDEO, "content_rejected", /embedding/],
  [404, "videoNotFound", VIDEO, "content_rejected", /not in the channel/],
  [404, "playlistNotFound", ITEM, "content_rejected", /another playlist/],
  [
    403,
    "playlistItemsNotAccessible",
    ITEM,
    "content_rejected",
    /another playlist/,
  ],
  [
    403,
    "playlistContainsMaximumNumberOfVideos",
    ITEM,
    "content_rejected",
    /no more videos/,
  ],
  [
    400,
    "playlistOperationUnsupported",
    ITEM,
    "content_rejected",
    /no more videos/,
  ],
  [400, "invalidImage", "youtube.thumbnail", "content_rejected", /2 MB/],
  [
    400,
    "imageFormatUnsupported",
    "youtube.thumbnail",
    "content_rejected",
    /2 MB/,
  ],
  [400, "imageTooTall", "youtube.thumbnail", "content_rejected", /2 MB/],
  [400, "imageTooWide", "youtube.thumbnail", "content_rejected", /2 MB/],
  [500, "internalError", "global", "transient", null],
  [503, "backendError", "global", "transient", null],
  [400, "processingFailure", "youtube.video", "transient", null],
  [400, "badRequest", "global", "content_rejected", null],
]

const failureOf = (status: number, body: object) =>
  failureIn(
    youtubeDescription,
    new Response(null, { status }),
    JSON.stringify(body)
  )!

const secondsUntil = (at: Date | undefined): number =>
  ((at?.getTime() ?? 0) - Date.now()) / 1000

describe("what a refusal of YouTube means", () => {
  it.each(
    ROWS.map(
      ([status, reason, domain, errorClass, advice, retry = null]) =>
        [status, reason, domain, errorClass, advice, retry] as const
    )
  )("%i %s (%s): %s", (status, reason, domain, errorClass, advice, retry) => {
    const error = failureOf(status, refusal(status, reason, domain))
    expect([error.errorClass, error.code.split("/")[0]]).toEqual([
      errorClass,
      reason,
    ])
    expect(error.message).toContain(`YouTube answered ${status}`)
    if (advice) {
      expect(error.message).toMatch(advice)
    }
    if (retry === null) {
      expect(error.retryAt).toBeUndefined()
    } else if (retry === "midnight") {
      expect(error.retryAt).toEqual(nextPacificMidnight())
    } else {
      expect(secondsUntil(error.retryAt)).toBeGreaterThan(retry - 5)
      expect(secondsUntil(error.retryAt)).toBeLessThanOrEqual(retry)
    }
  })
})

describe("the newer form of Google's refusals", () => {
  const detailed = (
    status: number,
    rpcStatus: string,
    ...details: object[]
  ) => ({
    error: { code: status, message: "Refused", status: rpcStatus, details },
  })
  const info = (reason: string, metadata: object = {}) => ({
    "@type": "type.googleapis.com/google.rpc.ErrorInfo",
    reason,
    domain: "googleapis.com",
    metadata,
  })

  it("is read by its reason before its status", () => {
    expect(
      failureOf(
        403,
        detailed(403, "PERMISSION_DENIED", info("SERVICE_DISABLED"))
      )
    ).toMatchObject({
      errorClass: "config_error",
      code: "SERVICE_DISABLED",
      message: expect.stringContaining("Enable the API"),
    })
    expect(
      failureOf(
        403,
        detailed(
          403,
          "PERMISSION_DENIED",
          info("ACCESS_TOKEN_SCOPE_INSUFFICIENT")
        )
      )
    ).toMatchObject({ errorClass: "permission" })
    expect(failureOf(503, detailed(503, "UNAVAILABLE"))).toMatchObject({
      errorClass: "transient",
      code: "UNAVAILABLE",
    })
  })

  it("tells a project without access from one that is too fast", () => {
    const limited = (quota_limit_value: string) =>
      failureOf(
        429,
        detailed(
          429,
          "RESOURCE_EXHAUSTED",
          info("RATE_LIMIT_EXCEEDED", { quota_limit_value })
        )
      )
    expect(limited("300")).toMatchObject({ errorClass: "rate_limited" })
    expect(limited("0")).toMatchObject({
      errorClass: "config_error",
      message: expect.stringContaining("ask for it with Google's form"),
    })
  })

  it("says when to try again", () => {
    const error = failureOf(
      429,
      detailed(429, "RESOURCE_EXHAUSTED", {
        "@type": "type.googleapis.com/google.rpc.RetryInfo",
        retryDelay: "30.5s",
      })
    )
    expect(secondsUntil(error.retryAt)).toBeGreaterThan(29)
    expect(secondsUntil(error.retryAt)).toBeLessThanOrEqual(30.5)
  })
})

describe("midnight by Pacific time", () => {
  it.each([
    ["in summer", "2026-07-01T12:00:00Z", "2026-07-02T07:00:00Z"],
    ["in winter", "2026-11-22T00:30:00Z", "2026-11-22T08:00:00Z"],
    ["a second before", "2026-11-22T07:59:59Z", "2026-11-22T08:00:00Z"],
    ["at midnight itself", "2026-11-22T08:00:00Z", "2026-11-23T08:00:00Z"],
    ["on the longest day", "2026-11-01T08:30:00Z", "2026-11-02T08:00:00Z"],
    ["on the shortest day", "2026-03-08T09:00:00Z", "2026-03-09T07:00:00Z"],
  ])("is found %s", (_, now, midnight) => {
    expect(nextPacificMidnight(new Date(now))).toEqual(new Date(midnight))
  })
})

describe("what a refusal of Business Profile means", () => {
  it.each([
    [400, "INVALID_ARGUMENT", "content_rejected", /Change the post/],
    [400, "FAILED_PRECONDITION", "account_restricted", /verified and open/],
    [401, "UNAUTHENTICATED", "token_invalid", null],
    [403, "PERMISSION_DENIED", "permission", /owner or manager/],
    [404, "NOT_FOUND", "account_restricted", /synchronize/],
    [409, "ALREADY_EXISTS", "duplicate", null],
    [409, "ABORTED", "transient", null],
    [429, "RESOURCE_EXHAUSTED", "rate_limited", null],
    [500, "INTERNAL", "transient", null],
    [503, "UNAVAILABLE", "transient", null],
    [504, "DEADLINE_EXCEEDED", "transient", null],
  ])("%i %s: %s", (status, code, errorClass, advice) => {
    const error = failureIn(
      businessProfileDescription,
      new Response(null, { status }),
      JSON.stringify({
        error: {
          code: status,
          message: "Request contains an invalid argument.",
          status: code,
          details: [
            {
              "@type":
                "type.googleapis.com/google.mybusiness.v4.ValidationError",
              errorDetails: [
                { code: 3, field: "summary", message: "It is too long" },
              ],
            },
          ],
        },
      })
    )!
    expect([error.errorClass, error.code]).toEqual([errorClass, code])
    expect(error.message).toContain("summary: It is too long")
    if (advice) {
      expect(error.message).toMatch(advice)
    }
  })
})
