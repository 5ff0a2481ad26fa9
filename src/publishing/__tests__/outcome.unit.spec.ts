import type { Waiting } from "../../modules/socials/sql/publications"
import { MedusaError } from "@medusajs/framework/utils"
import { ServiceError } from "../../errors/service-error"
import { failedOutcome, progressOutcome, unknownOutcome } from "../outcome"

const HOUR_MS = 3_600_000

const transient = new ServiceError("transient", "It did not answer.", {
  code: "timeout",
})

const publication = (attempts = 0, due_since = new Date()) => ({
  attempts,
  due_since,
  publish_at: null,
})

describe("a failed attempt", () => {
  it("is repeated later when the failure may pass", () => {
    const before = Date.now()
    const outcome = failedOutcome(transient, publication(), HOUR_MS)
    expect(outcome).toMatchObject({ state: "pending", is_failure: true })
    expect(outcome.next_attempt_at!.getTime()).toBeGreaterThanOrEqual(
      before + 15_000
    )
    expect(outcome.next_attempt_at!.getTime()).toBeLessThanOrEqual(
      Date.now() + 30_000
    )
  })

  it("waits exactly as long as the service says, and counts no failure", () => {
    const retryAt = new Date(Date.now() + 90_000)
    const outcome = failedOutcome(
      new ServiceError("rate_limited", "Slow down.", {
        code: "limit",
        retryAt,
      }),
      publication(),
      HOUR_MS
    )
    expect(outcome).toMatchObject({
      state: "pending",
      next_attempt_at: retryAt,
      is_failure: false,
    })
  })

  it("is final when the next one would come after the time that there is", () => {
    const long = new Date(Date.now() - HOUR_MS)
    expect(failedOutcome(transient, publication(3, long), HOUR_MS).state).toBe(
      "failed"
    )
    expect(
      failedOutcome(transient, publication(3, long), 2 * HOUR_MS).state
    ).toBe("pending")
  })

  it("has its time counted from the hour that was planned", () => {
    const planned = {
      ...publication(0, new Date(Date.now() - HOUR_MS)),
      publish_at: new Date(),
    }
    expect(failedOutcome(transient, planned, HOUR_MS).state).toBe("pending")
  })

  it.each([
    "token_invalid",
    "permission",
    "content_rejected",
    "account_restricted",
    "duplicate",
    "config_error",
  ] as const)("is final at once for %s", (errorClass) => {
    expect(
      failedOutcome(
        new ServiceError(errorClass, "No.", { code: "no" }),
        publication(),
        HOUR_MS
      ).state
    ).toBe("failed")
  })

  it("tells a person what Medusa's own errors say, and nothing of others", () => {
    expect(
      failedOutcome(
        new MedusaError(MedusaError.Types.NOT_ALLOWED, "It is inactive."),
        publication(),
        HOUR_MS
      ).last_error
    ).toMatchObject({ class: "config_error", message: "It is inactive." })
    const { last_error } = failedOutcome(
      new TypeError("cannot read token 'hunter2'"),
      publication(),
      HOUR_MS
    )
    expect(JSON.stringify(last_error)).not.toContain("hunter2")
  })

  it("never becomes a blind retry when its outcome is unknown", () => {
    expect(unknownOutcome(transient, null)).toMatchObject({
      state: "unknown",
      next_attempt_at: null,
    })
  })
})

describe("a wait", () => {
  const wait = (giveUpAt?: Date) =>
    ({
      state: "wait",
      why: "It processes the video",
      until: new Date(Date.now() + 5_000),
      giveUpAt,
    }) as const

  const due = (waiting: Waiting | null) => ({
    waiting,
    due_since: new Date(),
    publish_at: null,
  })

  it("is no failure, and tells for what", () => {
    const outcome = progressOutcome(wait(), due(null), HOUR_MS)
    expect(outcome).toMatchObject({
      state: "waiting",
      waiting: { why: "It processes the video" },
    })
    expect(outcome.is_failure).toBeUndefined()
  })

  it("keeps the end that it was given first, and fails there", () => {
    const first = new Date(Date.now() - 1).toISOString()
    const later = new Date(Date.now() + HOUR_MS)
    expect(
      progressOutcome(
        wait(later),
        due({ why: "It processes the video", give_up_at: first }),
        HOUR_MS
      )
    ).toMatchObject({
      state: "failed",
      last_error: { code: "gave_up_waiting" },
    })
    expect(
      progressOutcome(
        wait(later),
        due({ why: "Something else", give_up_at: first }),
        HOUR_MS
      ).state
    ).toBe("waiting")
  })

  it("for a person keeps where it is finished, if the service tells", () => {
    const handOver = (url?: string) =>
      progressOutcome(
        { state: "handed_over", why: "It lies in the inbox", url },
        due(null),
        HOUR_MS
      )
    expect([handOver("https://sandbox.example/inbox"), handOver()]).toEqual([
      {
        state: "handed_over",
        waiting: {
          why: "It lies in the inbox",
          url: "https://sandbox.example/inbox",
        },
      },
      { state: "handed_over", waiting: { why: "It lies in the inbox" } },
    ])
  })

  it("ends with the time for trying where nothing else is said", () => {
    const long_ago = new Date(Date.now() - 2 * HOUR_MS)
    expect(
      progressOutcome(wait(), { ...due(null), due_since: long_ago }, HOUR_MS)
    ).toMatchObject({ state: "failed", is_failure: true })
  })
})
