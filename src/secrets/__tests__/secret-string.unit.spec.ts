import { Console } from "node:console"
import { Writable } from "node:stream"
import { format, inspect } from "node:util"
import { serialize } from "node:v8"

import { SecretString } from "../secret-string"

const VALUE = "EAAB-the-secret"
const secret = new SecretString(VALUE)

function consoleOutput(print: (console: Console) => void): string {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  print(new Console(stream, stream))
  return chunks.join("")
}

describe("SecretString", () => {
  it("gives its value to whoever asks for it by name", () => {
    expect(secret.reveal()).toBe(VALUE)
    expect(new SecretString("").reveal()).toBe("")
  })

  it.each<[string, () => string]>([
    ["a template string", () => `${secret}`],
    ["concatenation", () => "token: " + (secret as unknown as string)],
    ["String()", () => String(secret)],
    ["join", () => [secret, secret].join()],
    ["JSON.stringify", () => JSON.stringify({ secret, list: [secret] })],
    [
      "util.inspect",
      () => inspect({ secret }, { depth: Infinity, showHidden: true }),
    ],
    ["util.format %s", () => format("%s", secret)],
    ["util.format %o", () => format("%o", { secret })],
    ["util.format %O", () => format("%O", [secret])],
    ["util.format %j", () => format("%j", secret)],
    ["util.format without a placeholder", () => format("token", secret)],
    [
      "console.log",
      () => consoleOutput((console) => console.log(secret, { secret })),
    ],
    [
      "console.error",
      () => consoleOutput((console) => console.error("%s %o", secret, secret)),
    ],
    [
      "console.table",
      () => consoleOutput((console) => console.table([{ token: secret }])),
    ],
    ["an error message", () => inspect(new Error(`failed with ${secret}`))],
    [
      "an error cause",
      () => inspect(Object.assign(new Error("failed"), { cause: secret })),
    ],
    [
      "an error cause that holds it",
      () => inspect(Object.assign(new Error("failed"), { cause: { secret } })),
    ],
    [
      "an aggregate error",
      () => inspect(new AggregateError([secret], "failed")),
    ],
  ])("shows [redacted] in %s", (_, print) => {
    expect(print()).not.toContain(VALUE)
    expect(print()).toContain("[redacted]")
  })

  it.each<[string, () => string]>([
    [
      "inspect without custom printers",
      () => inspect(secret, { customInspect: false, showHidden: true }),
    ],
    [
      "console.dir",
      () =>
        consoleOutput((console) =>
          console.dir({ secret }, { showHidden: true })
        ),
    ],
    ["Object.entries", () => JSON.stringify(Object.entries(secret))],
    ["spreading", () => inspect({ ...secret })],
    ["Object.assign", () => inspect(Object.assign({}, secret))],
    ["own property names", () => Reflect.ownKeys(secret).map(String).join()],
    [
      "structuredClone",
      () => inspect(structuredClone(secret), { showHidden: true }),
    ],
    [
      "structuredClone of what holds it",
      () => JSON.stringify(structuredClone({ secret })),
    ],
    ["v8.serialize", () => serialize({ secret }).toString("latin1")],
    ["a number", () => String(Number(secret))],
  ])("tells nothing through %s", (_, print) => {
    expect(print()).not.toContain(VALUE)
  })

  it("cannot be given other methods afterwards", () => {
    expect(Object.isFrozen(secret)).toBe(true)
    expect(() => Object.assign(secret, { toJSON: () => "x" })).toThrow(
      TypeError
    )
  })

  it("compares with strings and other secrets of any length", () => {
    expect(secret.equals(VALUE)).toBe(true)
    expect(secret.equals(new SecretString(VALUE))).toBe(true)
    expect(secret.equals(`${VALUE}x`)).toBe(false)
    expect(secret.equals(VALUE.slice(0, -1))).toBe(false)
    expect(secret.equals(new SecretString(""))).toBe(false)
    expect(secret.equals("[redacted]")).toBe(false)
  })
})
