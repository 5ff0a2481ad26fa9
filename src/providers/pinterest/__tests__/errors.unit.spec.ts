import type { ServiceErrorClass } from "../../../errors/service-error"
import { failureIn } from "../../api-errors"
import { pinterestDescription } from "../description"

type Row = [
  status: number,
  code: number,
  message: string,
  errorClass: ServiceErrorClass,
  advice: RegExp | null,
  /** In s. */
  retry?: number,
]

/**
 * Refusals as the examples of Pinterest's description (5.23.0) have them for
 * the calls that are made here, and as its users report them.
 */
const ROWS: readonly Row[] = [
  [401, 2, "Authentication failed.", "token_invalid", null],
  [
    401,
    3,
    "Your token does not have sufficient permissions to perform this operation. Please ensure your token is authorized with the correct set of scopes.",
    "permission",
    /Connect the platform again/,
  ],
  [401, 7, "Not authorized to access board or Pin.", "permission", /board/],
  [
    401,
    29,
    "You are not permitted to access that resource.",
    "permission",
    /board/,
  ],
  [
    403,
    29,
    "You are not permitted to access that resource.",
    "permission",
    /board/,
  ],
  [
    403,
    29,
    "Apps with Trial access may not create Pins in production https://api.pinterest.com - use API Sandbox https://api-sandbox.pinterest.com instead.",
    "config_error",
    /Apply for Standard access/,
  ],
  [403, 403, "Not authorized to access board or Pin.", "permission", /board/],
  [
    403,
    403,
    "Not authorized to access Pins on board section.",
    "permission",
    /board/,
  ],
  [
    403,
    403,
    "Not authorized to access the user account.",
    "permission",
    /Connect the platform again/,
  ],
  [
    403,
    2625,
    "Sorry, you cannot perform this action as your account has been disapproved. Please see business hub for more details. https://www.pinterest.com/business/hub/",
    "account_restricted",
    /business\/hub/,
  ],
  [
    403,
    2626,
    "We are reviewing your account. Please see business hub for more details. https://www.pinterest.com/business/hub/",
    "account_restricted",
    /business\/hub/,
  ],
  [404, 40, "Board not found.", "content_rejected", /another board/],
  [404, 404, "Board not found.", "content_rejected", /another board/],
  [400, 1, "Board not found.", "content_rejected", /another board/],
  [
    404,
    2031,
    "Sorry! We couldn't find this board section.",
    "content_rejected",
    /another section/,
  ],
  [
    404,
    404,
    "Board or section not found.",
    "content_rejected",
    /another section/,
  ],
  [404, 50, "Pin not found.", "content_rejected", /deleted/],
  [404, 404, "Pin not found.", "content_rejected", /deleted/],
  [409, 409, "Board section conflict.", "transient", null, 30],
  [
    409,
    409,
    "Could not get exclusive access to the board to create a new section.",
    "transient",
    null,
    30,
  ],
  [
    400,
    1,
    "Whoops! It looks like you entered an invalid URL. Try creating a Pin again with a valid URL.",
    "content_rejected",
    /Change the post's link/,
  ],
  [
    400,
    1,
    "Unable to reach the URL. Please check the URL is correct and try again.",
    "transient",
    null,
  ],
  [
    400,
    1,
    "Invalid request: one of cover_image_url or cover_image_content_type is required",
    "content_rejected",
    /another cover/,
  ],
  [
    400,
    1,
    "Sorry! We blocked this link because it may lead to spam.",
    "content_rejected",
    /claim your website/,
  ],
  [
    400,
    1,
    "Carousel images must have the same dimensions",
    "content_rejected",
    /one size/,
  ],
  [
    400,
    1,
    "Invalid request: 'page_size' was not numeric",
    "content_rejected",
    null,
  ],
  [400, 400, "Invalid pins analytics parameters.", "content_rejected", null],
  [
    400,
    9,
    "Sorry! You've hit a block (Pins) we have in place to combat spam. Please try again later!",
    "rate_limited",
    /more time between/,
    3600,
  ],
  [
    429,
    8,
    "This request exceeded a rate limit. This can happen if the client exceeds one\nof the published rate limits within a short time window.",
    "rate_limited",
    null,
    60,
  ],
  [429, 30, "This request exceeded a rate limit.", "rate_limited", null, 60],
  [405, 5, "Method not allowed", "config_error", /Update the plugin/],
  [
    501,
    4181,
    "Not implemented at the moment. Please, see documentation",
    "config_error",
    /Update the plugin/,
  ],
  [500, 500, "Could not create a new board section.", "transient", null],
  [
    503,
    4197,
    "The endpoint has been ramped down and is currently not accepting any traffic.",
    "transient",
    null,
  ],
]

const failureOf = (
  status: number,
  body: object,
  headers: Record<string, string> = {}
) =>
  failureIn(
    pinterestDescription,
    new Response(null, { status, headers }),
    JSON.stringify(body)
  )!

const secondsUntil = (at: Date | undefined): number =>
  Math.round(((at?.getTime() ?? 0) - Date.now()) / 1000)

describe("what a refusal of Pinterest means", () => {
  it.each(ROWS)("%i, code %i, %s: %s", (...row: Row) => {
    const [status, code, message, errorClass, advice, retry] = row
    const error = failureOf(status, { code, message })
    expect(error).toMatchObject({ errorClass, code: String(code), status })
    expect(error.message).toContain(`Pinterest answered ${status} (${code})`)
    if (advice) {
      expect(error.message).toMatch(advice)
      expect(error.message).toMatch(/\.$/)
    }
    if (retry === undefined) {
      expect(error.retryAt).toBeUndefined()
    } else {
      expect(secondsUntil(error.retryAt)).toBe(retry)
    }
    expect(error.outcomeUnknown).toBe(status >= 500)
  })

  it("is a wait until the limit's window ends, as its headers say", () => {
    const error = failureOf(
      429,
      { code: 8, message: "This request exceeded a rate limit." },
      {
        "x-ratelimit-limit": '100, 100;w=1;name="org_write"',
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": "43",
      }
    )
    expect(secondsUntil(error.retryAt)).toBe(43)
  })
})

describe("what a refusal of the token endpoint means", () => {
  const read = pinterestDescription.oauth2!.server({}).normalize_token_response!

  it.each([
    [{ code: 2, message: "Authentication failed." }, "invalid_client"],
    [
      { code: 283, message: "The authorization grant is invalid" },
      "invalid_grant",
    ],
    [
      {
        code: 283,
        message: "The authorization grant is invalid",
        data: "Invalid Application ID",
      },
      "invalid_client",
    ],
    [{ code: 1, message: "Invalid redirect_uri" }, "invalid_request"],
    [{ code: 1, message: "Invalid scope" }, "invalid_scope"],
    // What is not known ends no connection.
    [{ code: 1, message: "Invalid request" }, "code_1"],
  ])("%j: %s", (body, error) => {
    expect(read(body)).toEqual({ error })
  })

  it("is none where tokens are given", () => {
    const body = { access_token: "a", token_type: "bearer" }
    expect(read(body)).toBe(body)
  })
})

describe("where Pinterest is", () => {
  const { oauth2, api } = pinterestDescription

  it.each([
    [{}, "https://api.pinterest.com"],
    [{ environment: "sandbox" }, "https://api-sandbox.pinterest.com"],
    [{ base_url: "http://localhost:9/" }, "http://localhost:9"],
  ])("%j: %s", (settings, origin) => {
    expect(api!.base_address(settings)).toBe(`${origin}/v5`)
    expect(oauth2!.server(settings).token_endpoint).toBe(
      `${origin}/v5/oauth/token`
    )
  })
})
