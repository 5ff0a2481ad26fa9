/** First and last byte, both included. */
export type ByteRange = readonly [start: number, end: number]

const SINGLE_RANGE = /^bytes=(\d*)-(\d*)$/

/**
 * The part of a file that a request asks for (RFC 9110, section 14).
 *
 * @param header - its `Range`
 * @param bytes - how large the file is
 * @returns undefined for the whole file, which is also the answer to several
 * ranges and to what cannot be read; null where the file has no such part
 */
export const readRange = (
  header: string | undefined,
  bytes: number
): ByteRange | null | undefined => {
  const [, first = "", last = ""] = SINGLE_RANGE.exec(header ?? "") ?? []
  if (!first && !last) {
    return undefined
  }
  if (!first) {
    const length = Math.min(Number(last), bytes)
    return length ? [bytes - length, bytes - 1] : null
  }
  const start = Number(first)
  const end = last ? Math.min(Number(last), bytes - 1) : bytes - 1
  if (last && Number(last) < start) {
    return undefined
  }
  return start < bytes ? [start, end] : null
}
