/** One field or file of a form. */
export type FormPart = {
  name: string
  /** Null for a field. */
  filename: string | null
  content_type: string
  body: Buffer
}

const BREAK = Buffer.from("\r\n")
const HEADERS_END = Buffer.from("\r\n\r\n")

const parameter = (headers: string, name: string): string | null =>
  new RegExp(`[;\\s]${name}="?([^";\\r\\n]*)`, "i").exec(headers)?.[1] ?? null

/**
 * Reads a form with files (RFC 7578), as forgivingly as networks do: clients
 * differ in spaces and in what follows the last boundary.
 *
 * @param contentType - of the request, with the boundary
 */
export const readForm = (body: Buffer, contentType: string): FormPart[] => {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (!boundary) {
    return []
  }
  const delimiter = Buffer.from(`--${boundary}`)
  const parts: FormPart[] = []
  let start = body.indexOf(delimiter)
  while (start >= 0) {
    const end = body.indexOf(delimiter, start + delimiter.length)
    if (end < 0) {
      break
    }
    const whole = body.subarray(start + delimiter.length + BREAK.length, end)
    const split = whole.indexOf(HEADERS_END)
    const headers = whole.subarray(0, split).toString()
    parts.push({
      name: parameter(headers, "name") ?? "",
      filename: parameter(headers, "filename"),
      content_type: /content-type:\s*([^\r\n]+)/i.exec(headers)?.[1] ?? "",
      body: whole.subarray(split + HEADERS_END.length, -BREAK.length),
    })
    start = end
  }
  return parts
}
