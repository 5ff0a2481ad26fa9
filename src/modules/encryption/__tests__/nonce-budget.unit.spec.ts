import * as fc from "fast-check"

import { NonceBudgetExhaustedError } from "../errors"
import {
  createNonceBudget,
  NONCE_LIMIT,
  NONCE_WARNING,
} from "../keys/nonce-budget"
import { failureOf } from "./support"

const budget = (stored: [number, number][] = []) => {
  const warnings: number[] = []
  return {
    warnings,
    ...createNonceBudget({
      stored: new Map(stored),
      warn: (message, version) => {
        expect(message).toContain(`Key version ${version}`)
        warnings.push(version)
      },
    }),
  }
}

describe("nonce budget", () => {
  it("has the limits of NIST SP 800-38D for random nonces", () => {
    expect([NONCE_WARNING, NONCE_LIMIT]).toEqual([1_073_741_824, 4_294_967_296])
  })

  it("warns once when a key reaches 2^30 values", () => {
    const { count, warnings } = budget([[1, NONCE_WARNING - 2]])
    count(1)
    expect(warnings).toEqual([])
    count(1)
    count(1)
    expect(warnings).toEqual([1])
  })

  it("allows exactly 2^32 values, and refuses the next", async () => {
    const { count, left } = budget([[3, NONCE_LIMIT - 2]])
    count(3)
    count(3)
    const error = await failureOf(() => count(3))
    expect(error).toBeInstanceOf(NonceBudgetExhaustedError)
    expect(error).toMatchObject({
      code: "nonce_budget_exhausted",
      keyVersion: 3,
    })
    expect(error.message).toContain("Promote a new key version")
    expect(left(3)).toBe(-2)
  })

  it("counts each version by itself", () => {
    const { count, left, warnings } = budget([[1, NONCE_LIMIT]])
    count(2)
    expect([left(1), left(2)]).toEqual([0, -1])
    expect(warnings).toEqual([])
  })

  it("uses up what was reserved, and goes on counting from the total", async () => {
    const { count, reserve, left } = budget([[1, NONCE_LIMIT - 3]])
    reserve(1, 2, NONCE_LIMIT - 1)
    count(1)
    count(1)
    expect(left(1)).toBe(0)
    count(1)
    expect((await failureOf(() => count(1))).code).toBe(
      "nonce_budget_exhausted"
    )
  })

  it("learns what other processes sealed, and never forgets", async () => {
    const { learn, count } = budget([[1, 10]])
    learn(1, NONCE_LIMIT)
    learn(1, 20)
    expect((await failureOf(() => count(1))).code).toBe(
      "nonce_budget_exhausted"
    )
  })

  it("never has sealed more than the registry knows, once each debt is paid", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("count", "reserve", "release"), {
          maxLength: 60,
        }),
        (steps) => {
          const { count, reserve, release, left } = budget()
          let counted = 0
          let stored = 0
          for (const step of steps) {
            if (step === "count") {
              count(1)
              counted += 1
            } else if (step === "reserve") {
              stored += 7
              reserve(1, 7, stored)
            } else {
              stored -= release().get(1) ?? 0
            }
            expect(stored - left(1)).toBe(counted)
          }
          stored -= release().get(1) ?? 0
          expect(stored).toBe(counted)
        }
      )
    )
  })
})
