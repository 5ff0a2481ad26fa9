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
    const { count, total } = budget([[3, NONCE_LIMIT - 2]])
    count(3)
    count(3)
    const error = await failureOf(() => count(3))
    expect(error).toBeInstanceOf(NonceBudgetExhaustedError)
    expect(error).toMatchObject({
      code: "nonce_budget_exhausted",
      keyVersion: 3,
    })
    expect(error.message).toContain("Promote a new key version")
    expect(total(3)).toBe(NONCE_LIMIT)
  })

  it("counts each version by itself", () => {
    const { count, total, warnings } = budget([[1, NONCE_LIMIT]])
    count(2)
    expect([total(1), total(2)]).toEqual([NONCE_LIMIT, 1])
    expect(warnings).toEqual([])
  })

  it("drains what is new, once, and goes on counting from the total", async () => {
    const { count, drain, total } = budget([[1, NONCE_LIMIT - 3]])
    count(1)
    count(1)
    expect([...drain()]).toEqual([[1, 2]])
    expect([...drain()]).toEqual([])
    count(1)
    expect(total(1)).toBe(NONCE_LIMIT)
    expect((await failureOf(() => count(1))).code).toBe(
      "nonce_budget_exhausted"
    )
  })

  it("brings again what could not be stored", () => {
    const { count, drain, restore, total } = budget()
    count(1)
    const failed = drain()
    count(1)
    restore(failed)
    expect(total(1)).toBe(2)
    expect([...drain()]).toEqual([[1, 2]])
  })

  it("learns what other processes sealed, and never forgets", () => {
    const { learn, total } = budget([[1, 10]])
    learn(1, 500)
    learn(1, 20)
    expect(total(1)).toBe(500)
  })

  it("loses and invents nothing, however it is drained and restored", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("count", "drain", "fail"), { maxLength: 60 }),
        (steps) => {
          const { count, drain, restore, total } = budget()
          let counted = 0
          let stored = 0
          for (const step of steps) {
            if (step === "count") {
              count(1)
              counted += 1
              continue
            }
            const deltas = drain()
            if (step === "fail") {
              restore(deltas)
            } else {
              stored += deltas.get(1) ?? 0
            }
          }
          expect(total(1)).toBe(counted)
          expect(stored + (drain().get(1) ?? 0)).toBe(counted)
        }
      )
    )
  })
})
