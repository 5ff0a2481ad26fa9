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

/** Posts as a list, the newest first. */
export const listOf = (posts: StoredPost[], url: string): Reply =>
  jsonReply(200, {
    data: [...posts].reverse().map((post) => presentPost(post, url)),
  })

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
