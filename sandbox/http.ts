import type { IncomingMessage, ServerResponse } from "node:http"

/** An answer that is complete before the first byte of it is sent. */
export type Reply = {
  status: number
  headers: Record<string, string>
  body: string | Buffer
}

export type SandboxRequest = {
  method: string
  url: URL
  header(name: string): string | undefined
  /** The whole body, read once; `null` if it has more than `MAX_BODY_BYTES`. */
  readBody(): Promise<Buffer | null>
}

export const MAX_BODY_BYTES = 5 * 1024 * 1024
const MAX_JSON_BYTES = 256 * 1024
/** How much of a body that is too large is read, so that its sender can read the refusal. */
const DRAIN_BYTES = 64 * 1024 * 1024

/** A refusal in the form that the posting API and the control API answer with. */
export class ApiError extends Error {
  /**
   * @param status HTTP status
   * @param code for programs
   * @param message for people
   * @param headers to add to the answer
   */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {}
  ) {
    super(message)
  }
}

async function collectBody(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > DRAIN_BYTES) {
      break
    }
    if (size <= MAX_BODY_BYTES) {
      chunks.push(chunk)
    } else {
      chunks.length = 0
    }
  }
  return size > MAX_BODY_BYTES ? null : Buffer.concat(chunks)
}

/** Wraps a request of node:http; its body is read at most once, when asked for. */
export function toSandboxRequest(
  request: IncomingMessage,
  url: URL
): SandboxRequest {
  let body: Promise<Buffer | null> | undefined
  return {
    method: request.method === "HEAD" ? "GET" : (request.method ?? "GET"),
    url,
    header: (name) => {
      const value = request.headers[name]
      return Array.isArray(value) ? value[0] : value
    },
    readBody: () => (body ??= collectBody(request)),
  }
}

/**
 * Reads a JSON object.
 *
 * @throws ApiError 400 if the body is not a JSON object, 413 if it is too large
 */
export async function readJsonObject(
  request: SandboxRequest
): Promise<Record<string, unknown>> {
  const body = await request.readBody()
  if (!body || body.length > MAX_JSON_BYTES) {
    throw new ApiError(413, "body_too_large", "The body is too large.")
  }
  let value: unknown
  try {
    value = JSON.parse(body.toString("utf8"))
  } catch {
    throw new ApiError(400, "invalid_json", "The body is not valid JSON.")
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ApiError(400, "invalid_request", "The body is not an object.")
  }
  return value as Record<string, unknown>
}

/** A JSON answer, which nothing on the way may keep. */
export function jsonReply(
  status: number,
  value: unknown,
  headers: Record<string, string> = {}
): Reply {
  return {
    status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      ...headers,
    },
    body: JSON.stringify(value),
  }
}

/** A refusal as `{ error: { code, message } }`. */
export function errorReply(error: ApiError): Reply {
  const { code, message } = error
  return jsonReply(error.status, { error: { code, message } }, error.headers)
}

/** @param location absolute URL, or a path of this network */
export function redirectReply(status: 302 | 303, location: string): Reply {
  return {
    status,
    headers: { location, "cache-control": "no-store" },
    body: "",
  }
}

/** Sends the whole answer. Writing to a client that has gone does nothing. */
export function sendReply(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, {
    "x-content-type-options": "nosniff",
    "content-length": String(Buffer.byteLength(reply.body)),
    ...reply.headers,
  })
  response.end(reply.body)
}
