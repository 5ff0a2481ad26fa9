import { eraseValues } from "../erase-values"
import { SecretString } from "../secret-string"

const erase = (text: string, ...secrets: string[]) =>
  eraseValues(
    text,
    secrets.map((secret) => new SecretString(secret))
  )

describe("eraseValues", () => {
  it("takes every occurrence of every value out of a text", () => {
    expect(erase("no a-token, not a-token, no other", "a-token", "other")).toBe(
      "no [redacted], not [redacted], no [redacted]"
    )
  })

  it("knows a value in JSON and in an address", () => {
    const secret = 'a"b\\c/d e=ü'
    const text = `${JSON.stringify({ said: secret })} ?t=${encodeURIComponent(secret)}`
    expect(erase(text, secret)).toBe('{"said":"[redacted]"} ?t=[redacted]')
  })

  it("leaves no rest of a value that begins with another one", () => {
    expect(erase("token-12345", "token", "token-12345")).toBe("[redacted]")
  })

  it("takes a value as it is, whatever it means to a pattern", () => {
    expect(erase("(.*)$& stays", "(.*)$&")).toBe("[redacted] stays")
  })

  it("does not garble a text for a value that is too short to be a secret", () => {
    expect(erase("an apple", "a", "", "app")).toBe("an apple")
    expect(erase("an apple")).toBe("an apple")
  })
})
