import { MedusaError } from "@medusajs/framework/utils"
import { ServiceError } from "../../errors/service-error"
import {
  backoffMs,
  failedOutcome,
  MAX_ATTEMPTS,
  unknownOutcome,
} from "../outcome"

const transient = new ServiceError("transient", "It did not answer.", {
  code: "timeout",
})

describe("a failed attempt", () => {
  it("is repeated later when the failure may pass", () => {
    const before = Date.now()
    const outcome = failedOutcome(transient, 1)
    expect(outcome.state).toBe("pending")
    expect(outcome.next_attempt_at!.getTime()).toBeGreaterThanOrEqual(
      before + 15_000
    )
    expect(outcome.next_attempt_at!.getTime()).toBeLessThanOrEqual(
      Date.now() + 30_000
    )
  })

  it("waits exactly as long as the service says", () => {
    const retryAt = new Date(Date.now() + 90_000)
    const outcome = failedOutcome(
      new ServiceError("rate_limited", "Slow down.", {
        code: "limit",
        retryAt,
      }),
      1
    )
    expect(outcome).toMatchObject({
      state: "pending",
      next_attempt_at: retryAt,
    })
  })

  it("is final after the last attempt", () => {
    expect(failedOutcome(transient, MAX_ATTEMPTS).state).toBe("failed")
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
      failedOutcome(new ServiceError(errorClass, "No.", { code: "no" }), 1)
        .state
    ).toBe("failed")
  })

  it("tells a person what Medusa's own errors say, and nothing of others", () => {
    expect(
      failedOutcome(
        new MedusaError(MedusaError.Types.NOT_ALLOWED, "It is inactive."),
        1
      ).last_error
    ).toMatchObject({ class: "config_error", message: "It is inactive." })
    const { last_error } = failedOutcome(
      new TypeError("cannot read token 'hunter2'"),
      1
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

describe("the pause between attempts", () => {
  it("doubles, spreads over half its length and ends at an hour", () => {
    expect(backoffMs(1, () => 0)).toBe(15_000)
    expect(backoffMs(1, () => 1)).toBe(30_000)
    expect(backoffMs(3, () => 1)).toBe(120_000)
    expect(backoffMs(30, () => 1)).toBe(3_600_000)
  })
})
