/**
 * Counts how often a text stands in some data: as it is, in hexadecimal
 * digits, or in base64, also somewhere within a longer base64 text.
 */
export function countTraces(data: Buffer, text: string | Buffer): number {
  return tracesOf(typeof text === "string" ? Buffer.from(text) : text)
    .map((trace) => countExactly(data, trace))
    .reduce((sum, count) => sum + count, 0)
}

function tracesOf(bytes: Buffer): (string | Buffer)[] {
  const hex = bytes.toString("hex")
  const base64 = [0, 1, 2].map((offset) => base64Within(bytes, offset))
  const base64url = base64.map((text) =>
    text.replaceAll("+", "-").replaceAll("/", "_")
  )
  return [bytes, ...new Set([hex, hex.toUpperCase(), ...base64, ...base64url])]
}

/**
 * The characters that bytes leave in base64 when they follow others: only those
 * that depend on these bytes alone.
 *
 * @param offset how many bytes stand before them in their group of three
 */
function base64Within(bytes: Buffer, offset: number): string {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes])
  const first = Math.ceil((offset * 8) / 6)
  const end = Math.floor((padded.length * 8) / 6)
  return padded.toString("base64").slice(first, end)
}

function countExactly(data: Buffer, needle: string | Buffer): number {
  let count = 0
  let at = data.indexOf(needle)
  while (at !== -1) {
    count += 1
    at = data.indexOf(needle, at + needle.length)
  }
  return count
}
