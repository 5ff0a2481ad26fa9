import * as fc from "fast-check"

import {
  type ContextVersion,
  type EncryptionContext,
  UNBOUND_CONTEXT,
} from "../envelope/context"
import { createContextEncoder } from "../envelope/fast-path"
import { failureOf } from "./support"

const encoder = createContextEncoder(7, "kid")
const prefix = "medusa-plugin-social-platforms\0" + "2\0" + "7\0" + "kid\0"
const expected = ({ table, field, rowId }: EncryptionContext): string =>
  `${prefix}${table}\0${field}\0${rowId}`

const part = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 60 })
  .filter((text) => !text.includes("\0"))
const place = fc.record({ table: part, field: part, rowId: part })

describe("encoding of contexts", () => {
  it("is the parts joined by NUL, whatever was encoded before", () => {
    fc.assert(
      fc.property(
        fc.array(place, { minLength: 1, maxLength: 20 }),
        (places) => {
          const each = places.concat([...places].reverse())
          const encoded = each.map((one) => String(encoder.encode(one, 1)))
          expect(encoded).toEqual(each.map(expected))
        }
      )
    )
  })

  it.each([1, 2, 41, 42, 43, 44, 128, 129, 5000])(
    "holds a row id of %i characters",
    (length) => {
      for (const character of ["r", "é", "密", "🔑"]) {
        const context = {
          table: "t",
          field: "f",
          rowId: character.repeat(length),
        }
        expect(encoder.encode(context, 1).toString("utf8")).toBe(
          expected(context)
        )
        expect(
          encoder.encode({ ...context, rowId: "x" }, 1).toString("utf8")
        ).toBe(expected({ ...context, rowId: "x" }))
      }
    }
  )

  it("stays right beyond the number of columns that it keeps", () => {
    for (let number = 0; number < 600; number += 1) {
      const context = {
        table: `t${number % 300}`,
        field: "f",
        rowId: String(number),
      }
      expect(encoder.encode(context, 1).toString("utf8")).toBe(
        expected(context)
      )
    }
  })

  it("binds every row of a known column to its own tenant, like one that was never seen", () => {
    const tenants = fc.constantFrom(undefined, null, "", "acme", "ümläut")
    const row = fc.record({
      rowId: fc.oneof(part, fc.constant("r".repeat(255))),
      tenant: fc.oneof(tenants, part),
      version: fc.constantFrom<ContextVersion>(1, 2),
    })
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
        const encoded = rows.map(({ rowId, tenant, version }) => {
          const context = { table: "t", field: "f", rowId, tenant }
          const fresh = createContextEncoder(7, "kid")
          const end =
            tenant === undefined || tenant === null ? "" : `=${tenant}`
          return {
            known: encoder.encode(context, version).toString("hex"),
            fresh: fresh.encode(context, version).toString("hex"),
            text: encoder.encode(context, version).toString("utf8"),
            expected: expected(context) + (version === 2 ? `\0${end}` : ""),
          }
        })
        expect(encoded.map(({ known, text }) => [known, text])).toEqual(
          encoded.map((one) => [one.fresh, one.expected])
        )
      })
    )
  })

  it("has the unbound context, and no bound one, encode three empty parts", async () => {
    expect(encoder.encode(UNBOUND_CONTEXT, 1).toString("utf8")).toBe(
      expected(UNBOUND_CONTEXT)
    )
    expect(
      (await failureOf(() => encoder.encode({ ...UNBOUND_CONTEXT }, 1))).code
    ).toBe("invalid_context")
  })

  it.each(["table", "field", "rowId"] as const)(
    "refuses a %s that cannot bind, also in a known column",
    async (name) => {
      const good = { table: "t", field: "f", rowId: "r" }
      encoder.encode(good, 1)
      for (const value of [
        "",
        "a\0b",
        "\ud800",
        "\udc00x",
        5,
        null,
        undefined,
      ]) {
        const error = await failureOf(() =>
          encoder.encode({ ...good, [name]: value as never }, 1)
        )
        expect(error.code).toBe("invalid_context")
        expect(error.message).toContain(name)
      }
      expect(
        (await failureOf(() => encoder.encode(undefined as never, 1))).code
      ).toBe("invalid_context")
    }
  )

  it("of version 2 ends with the tenant, and takes no tenant for none by another name", () => {
    const row = { table: "t", field: "f", rowId: "r" }
    const encoded = (tenant?: string | null) =>
      encoder.encode({ ...row, tenant }, 2).toString("utf8")
    expect(encoded("acme")).toBe(`${expected(row)}\0=acme`)
    expect(encoded("")).toBe(`${expected(row)}\0=`)
    expect(encoded(null)).toBe(`${expected(row)}\0`)
    expect(encoded()).toBe(encoded(null))
  })

  it.each(["a\0b", "\ud800", 5])(
    "refuses the tenant %p, which cannot bind",
    async (tenant) => {
      const context = { table: "t", field: "f", rowId: "r", tenant } as never
      encoder.encode({ table: "t", field: "f", rowId: "r" }, 2)
      const error = await failureOf(() => encoder.encode(context, 2))
      expect(error.code).toBe("invalid_context")
      expect(error.message).toContain("tenant")
    }
  )
})
