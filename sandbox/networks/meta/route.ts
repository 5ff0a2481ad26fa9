import { jsonReply, type Reply } from "../../http"
import type { SimulatorRequest } from "../simulator"
import { presentPost } from "./containers"
import { GraphRefusal, type Host, type State, type StoredPost } from "./state"

export type Call = {
  state: State
  host: Host
  request: SimulatorRequest
  fields: Record<string, string>
  /** Below the version, without its slash at the beginning. */
  path: string
  /** What the path's pattern has found. */
  found: string[]
  url: string
}

export type Handler = (call: Call) => Reply | Promise<Reply>
export type Route = [
  hosts: readonly Host[],
  method: string,
  path: RegExp,
  handler: Handler,
]

/** Entries of a list, a page at a time; what is asked for from a moment on is that. */
export const pageOf = (
  { request, fields }: Pick<Call, "request" | "fields">,
  posts: readonly StoredPost[],
  present: (post: StoredPost) => object
): Reply => {
  const { limit = "25", after = "0", since = "0" } = fields
  const listed = posts.filter(
    ({ created_at }) => Date.parse(created_at) >= Number(since) * 1000
  )
  const end = Number(after) + Number(limit)
  const next = new URL(request.url)
  next.searchParams.set("after", String(end))
  return jsonReply(200, {
    data: listed.slice(Number(after), end).map(present),
    paging: {
      cursors: { before: after, after: String(end) },
      ...(end < listed.length && { next: next.href }),
    },
  })
}

/** Posts as a list, the newest first. */
export const listOf = (call: Call, posts: readonly StoredPost[]): Reply =>
  pageOf(call, [...posts].reverse(), (post) => presentPost(post, call.url))

/**
 * Refuses a field that a kind of object does not have, as the Graph API does.
 *
 * @throws GraphRefusal
 */
export const requireFields = (
  { fields }: Pick<Call, "fields">,
  node: string,
  known: readonly string[]
): void => {
  let asked = fields.fields ?? ""
  // What is asked for of a field is the business of another kind of object.
  while (asked.includes("{")) {
    asked = asked.replace(/\{[^{}]*\}/g, "")
  }
  const unknown = asked.split(",").find((name) => name && !known.includes(name))
  if (unknown) {
    throw new GraphRefusal(
      400,
      100,
      undefined,
      `(#100) Tried accessing nonexisting field (${unknown}) on node type (${node})`
    )
  }
}

/** Whatever figures are asked for. */
export const figures = (names: string | undefined): Reply =>
  jsonReply(200, {
    data: (names ?? "").split(",").map((name, index) => ({
      name,
      period: "lifetime",
      values: [{ value: 10 + index }],
      total_value: { value: 10 + index },
    })),
  })

/** @returns what the Graph API says of an id that it does not show */
export const unknownObject = (id: string): GraphRefusal =>
  new GraphRefusal(
    400,
    100,
    33,
    `Unsupported request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation.`
  )
