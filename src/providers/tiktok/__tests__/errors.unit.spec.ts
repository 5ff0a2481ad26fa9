import type { ServiceErrorClass } from "../../../errors/service-error"
import { failureIn } from "../../api-errors"
import { ownershipRule } from "../error-rules"
import { tiktokDescription } from "../description"
import {
  FAIL_REASONS,
  failureOf,
  parseExactIds,
  publishStateOf,
} from "../publish-state"

type Row = [
  status: number,
  code: string,
  errorClass: ServiceErrorClass,
  advice: RegExp | null,
  /** In s. */
  retry?: number,
]

/** Codes of "Error handling" and of the pages of the Content Posting API, with their status. */
const ROWS: readonly Row[] = [
  [401, "access_token_invalid", "token_expired", null],
  [401, "scope_not_authorized", "permission", /allow everything/],
  [400, "scope_permission_missed", "permission", /allow everything/],
  [429, "rate_limit_exceeded", "rate_limited", null, 60],
  [500, "internal_error", "transient", null],
  [400, "invalid_params", "content_rejected", null],
  [400, "invalid_param", "content_rejected", null],
  [400, "invalid_file_upload", "content_rejected", /H\.264/],
  [403, "spam_risk_too_many_posts", "rate_limited", /24 hours/, 3600],
  [200, "spam_risk_too_many_posts", "rate_limited", /24 hours/, 3600],
  [403, "reached_active_user_cap", "rate_limited", /audit/, 3600],
  [200, "reached_active_user_cap", "rate_limited", /audit/, 3600],
  [
    403,
    "spam_risk_user_banned_from_posting",
    "account_restricted",
    /does not let the account post/,
  ],
  [
    200,
    "spam_risk_user_banned_from_posting",
    "account_restricted",
    /does not let the account post/,
  ],
  [
    403,
    "spam_risk_too_many_pending_share",
    "rate_limited",
    /Finish or delete them/,
    3600,
  ],
  [403, "app_version_check_failed", "account_restricted", /Update it/],
  [
    403,
    "unaudited_client_can_only_post_to_private_accounts",
    "config_error",
    /SELF_ONLY/,
  ],
  [403, "privacy_level_option_mismatch", "content_rejected", /another one/],
  [
    403,
    "url_ownership_unverified",
    "config_error",
    /prefix https:\/\/shop\.example\.com\/social-media\/ at/,
  ],
  [400, "file_format_check_failed", "content_rejected", /a file that/],
  [400, "duration_check_failed", "content_rejected", /a file that/],
  [400, "frame_rate_check_failed", "content_rejected", /a file that/],
  [400, "picture_size_check_failed", "content_rejected", /a file that/],
  [400, "invalid_publish_id", "content_rejected", null],
  [400, "publish_not_cancellable", "content_rejected", null],
  [
    400,
    "token_not_authorized_for_specified_publish_id",
    "config_error",
    /another TikTok account/,
  ],
]

const inMs = (seconds: number | undefined): unknown =>
  seconds === undefined
    ? undefined
    : new Date(Date.parse("2026-11-22T12:00:00Z") + seconds * 1000)

beforeEach(() => {
  jest.useFakeTimers({ now: new Date("2026-11-22T12:00:00Z") })
})
afterEach(() => {
  jest.useRealTimers()
})

describe("what a refusal of TikTok means", () => {
  it.each(
    ROWS.map((row) => [`${row[0]} ${row[1]} is ${row[2]}`, row] as const)
  )("%s", (_, [status, code, errorClass, advice, retry]) => {
    const body = {
      data: {},
      error: { code, message: "Refused", log_id: "20221011" },
    }
    const error = failureIn(
      tiktokDescription,
      new Response(null, { status }),
      JSON.stringify(body),
      [ownershipRule("https://shop.example.com/social-media/")]
    )
    expect([error?.errorClass, error?.code]).toEqual([errorClass, code])
    expect(error?.message).toMatch(advice ?? /./)
    expect(error?.message).toContain(
      `TikTok answered ${status} (${code}): Refused (log_id 20221011)`
    )
    expect(error?.retryAt).toEqual(inMs(retry))
  })

  it("is none where the code is ok", () => {
    const body = { data: {}, error: { code: "ok", message: "", log_id: "1" } }
    expect(
      failureIn(
        tiktokDescription,
        new Response(null, { status: 200 }),
        JSON.stringify(body)
      )
    ).toBeUndefined()
  })

  it.each([502, 503, 504])("%s without a body passes", (status) => {
    const error = failureIn(
      tiktokDescription,
      new Response(null, { status }),
      ""
    )
    expect([error?.errorClass, error?.outcomeUnknown]).toEqual([
      "transient",
      true,
    ])
  })
})

type Reason = [
  reason: string,
  errorClass: ServiceErrorClass,
  sentence: RegExp,
  retry?: number,
]

/** `fail_reason` as the page "Get Post Status" has them. */
const REASONS: readonly Reason[] = [
  ["file_format_check_failed", "content_rejected", /MP4 with H\.264/],
  ["duration_check_failed", "content_rejected", /shorter or longer/],
  ["frame_rate_check_failed", "content_rejected", /23 to 60 frames/],
  ["picture_size_check_failed", "content_rejected", /360 to 4,096 pixels/],
  ["internal", "transient", /an error of its own/],
  ["video_pull_failed", "transient", /could not fetch the video/],
  ["photo_pull_failed", "transient", /could not fetch the photos/],
  ["publish_cancelled", "content_rejected", /cancelled at TikTok/],
  ["auth_removed", "permission", /Connect the platform again/],
  ["spam_risk_too_many_posts", "rate_limited", /24 hours/, 3600],
  [
    "spam_risk_user_banned_from_posting",
    "account_restricted",
    /does not let the account post/,
  ],
  ["spam_risk_text", "content_rejected", /Change it/],
  ["spam_risk", "account_restricted", /do not try it again/],
]

describe("why a post failed", () => {
  it.each(REASONS.map((row) => [`${row[0]} is ${row[1]}`, row] as const))(
    "%s",
    (_, [reason, errorClass, sentence, retry]) => {
      const error = failureOf(reason)
      expect([error.errorClass, error.code]).toEqual([errorClass, reason])
      expect(error.message).toMatch(sentence)
      expect(error.retryAt).toEqual(inMs(retry))
      expect(error.outcomeUnknown).toBe(false)
    }
  )

  it("is all told by this table", () => {
    expect(REASONS.map(([reason]) => reason).sort()).toEqual(
      [...FAIL_REASONS].sort()
    )
  })

  it.each([["something_new"], [undefined], ["<b>not a code</b>"]])(
    "is for a person where it is not known: %s",
    (reason) => {
      const error = failureOf(reason)
      expect(error.errorClass).toBe("content_rejected")
      expect(error.message).not.toContain("<b>")
    }
  )
})

describe("how far a post has come", () => {
  it.each([
    [{ status: "PROCESSING_UPLOAD", uploaded_bytes: 5 }, "processing", 5],
    [{ status: "PROCESSING_DOWNLOAD" }, "processing", null],
    [{ status: "SOMETHING_NEW" }, "processing", null],
  ])("%j is %s", (status, state, uploaded_bytes) => {
    expect(publishStateOf(status)).toEqual({ state, uploaded_bytes })
  })

  it.each([
    [{ status: "SEND_TO_USER_INBOX" }, { state: "inbox" }],
    [
      { status: "PUBLISH_COMPLETE", publicaly_available_post_id: [] },
      { state: "published", post_id: null },
    ],
    [{ status: "PUBLISH_COMPLETE" }, { state: "published", post_id: null }],
    [
      { status: "PUBLISH_COMPLETE", publicaly_available_post_id: ["71"] },
      { state: "published", post_id: "71" },
    ],
  ])("%j is %j", (status, state) => {
    expect(publishStateOf(status)).toEqual(state)
  })

  it("fails with the reason", () => {
    expect(
      publishStateOf({ status: "FAILED", fail_reason: "spam_risk_text" })
    ).toEqual({
      state: "failed",
      error: expect.objectContaining({ code: "spam_risk_text" }),
    })
  })

  it("keeps every digit of a post's id", () => {
    const text =
      '{"publicaly_available_post_id":[7301234567890123457,7301234567890123458],"post_id": 7301234567890123459,"title":"\\"post_id\\":1"}'
    expect(parseExactIds(text)).toEqual({
      publicaly_available_post_id: [
        "7301234567890123457",
        "7301234567890123458",
      ],
      post_id: "7301234567890123459",
      title: '"post_id":1',
    })
  })
})
