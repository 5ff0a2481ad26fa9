/** How bytes look inside base64, whatever stands before and after them. */
const base64Forms = (bytes: Buffer): string[] =>
  [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64")
    const end = Math.floor(((before + bytes.length) * 4) / 3)
    return text.slice(Math.ceil((before * 4) / 3), end)
  })

/**
 * What to search for to find a secret: the secret as it is, in an address, in
 * hexadecimal digits, and in both alphabets of base64.
 */
export const tracesOf = (secret: string | Buffer): Buffer[] => {
  const bytes = Buffer.from(secret as string)
  const hex = bytes.toString("hex")
  const base64 = base64Forms(bytes)
  const base64url = base64.map((form) =>
    form.replaceAll("+", "-").replaceAll("/", "_")
  )
  const texts = [
    ...[hex, hex.toUpperCase(), ...base64, ...base64url],
    ...(typeof secret === "string" ? [encodeURIComponent(secret)] : []),
  ]
  const others = [...new Set(texts)].filter((text) => text !== secret)
  return [bytes, ...others.map((text) => Buffer.from(text))]
}

/** Counts how often traces of a secret stand in some data. */
export const countTraces = (
  pieces: readonly Buffer[],
  secret: string | Buffer
): number => {
  let count = 0
  for (const trace of tracesOf(secret)) {
    for (const piece of pieces) {
      for (let at = piece.indexOf(trace); at !== -1; count++) {
        at = piece.indexOf(trace, at + trace.length)
      }
    }
  }
  return count
}
