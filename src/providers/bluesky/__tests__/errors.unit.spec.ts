import { classifyServiceError } from "../../../http/classify"
import type { ServiceErrorClass } from "../../../errors/service-error"
import { blueskyErrorRules } from "../description"

type Case = [
  status: number,
  error: string,
  message: string,
  errorClass: ServiceErrorClass,
  nextAction: string,
]

/** Refusals as the lexicons name them and the reference server words them. */
const CASES: Case[] = [
  [400, "ExpiredToken", "Token has expired", "token_expired", ""],
  [400, "InvalidToken", "Token could not be verified", "token_expired", ""],
  [
    401,
    "AuthMissing",
    "Authentication Required",
    "token_invalid",
    "app password",
  ],
  [
    401,
    "AuthenticationRequired",
    "Invalid identifier or password",
    "token_invalid",
    "Check the handle.",
  ],
  [
    401,
    "AuthFactorTokenRequired",
    "A sign in code has been sent to your email address",
    "token_invalid",
    "Create an app password",
  ],
  [
    401,
    "AccountTakedown",
    "Account has been taken down",
    "account_restricted",
    "Log in at Bluesky",
  ],
  [
    400,
    "RepoDeactivated",
    "Repo has been deactivated",
    "account_restricted",
    "Log in at Bluesky",
  ],
  [429, "RateLimitExceeded", "Rate Limit Exceeded", "rate_limited", ""],
  [
    400,
    "InvalidRequest",
    "Invalid app.bsky.feed.post record: Record/text must not be longer than 300 graphemes",
    "content_rejected",
    "Change the post",
  ],
  [
    400,
    "InvalidRequest",
    "Could not find repo: did:plc:x",
    "account_restricted",
    "address",
  ],
  [400, "BlobNotFound", "Could not find blob: bafkrei", "transient", ""],
  [
    400,
    "BlobTooLarge",
    "This file is too large. It is 3MB but the maximum size is 2MB.",
    "content_rejected",
    "Use a smaller file.",
  ],
  [
    413,
    "PayloadTooLarge",
    "request entity too large",
    "content_rejected",
    "smaller",
  ],
  [400, "InvalidMimeType", "Wrong type of file.", "content_rejected", "JPEG"],
  [502, "UpstreamFailure", "Upstream Failure", "transient", ""],
  [503, "NotEnoughResources", "Not Enough Resources", "transient", ""],
  [500, "InternalServerError", "Internal Server Error", "transient", ""],
]

const classify = (
  status: number,
  code: string,
  message: string,
  headers: Record<string, string> = {}
) =>
  classifyServiceError(
    "Bluesky",
    new Response(null, { status, headers }),
    { code, message },
    blueskyErrorRules
  )

describe("what Bluesky refuses", () => {
  it.each(CASES)(
    "with %i %s (%s) is %s",
    (status, code, message, errorClass, nextAction) => {
      const error = classify(status, code, message)
      expect(error).toMatchObject({ errorClass, code, status })
      expect(error.message).toContain(message.replace(/\.$/, ""))
      expect(error.message).toContain(nextAction)
      expect(error.outcomeUnknown).toBe(status >= 500)
    }
  )

  it("because of a limit is tried again when the limit ends, or in five minutes where it does not tell", () => {
    const reset = Math.floor(Date.now() / 1000) + 90
    const told = classify(429, "RateLimitExceeded", "Rate Limit Exceeded", {
      "ratelimit-limit": "30",
      "ratelimit-remaining": "0",
      "ratelimit-reset": String(reset),
    })
    expect(told.retryAt).toEqual(new Date(reset * 1000))
    const untold = classify(429, "RateLimitExceeded", "Rate Limit Exceeded")
    const wait = untold.retryAt!.getTime() - Date.now()
    expect(Math.abs(wait - 300_000)).toBeLessThan(2_000)
  })
})
