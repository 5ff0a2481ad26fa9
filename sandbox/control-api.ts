import {
  FAULT_KINDS,
  FAULT_TARGETS,
  type Fault,
  type FaultQueue,
} from "./faults"
import {
  ApiError,
  jsonReply,
  readJsonObject,
  type Reply,
  type SandboxRequest,
} from "./http"
import type { OauthRecords } from "./oidc-adapter"
import type { RequestLog } from "./request-log"
import { DEFAULT_SETTINGS, type Settings } from "./settings"
import type { ContentStore } from "./store"

export type Controls = {
  settings: Settings
  faults: FaultQueue
  log: RequestLog
  records: OauthRecords
  store: ContentStore
}

const MAX_TTL_SECONDS = 5 * 365 * 24 * 3600
const MAX_DELAY_MS = 10 * 60 * 1000

function invalid(message: string): ApiError {
  return new ApiError(400, "invalid_request", message)
}

function readInteger(
  body: Record<string, unknown>,
  name: string,
  range: { min: number; max: number; fallback: number }
): number {
  const value = body[name] ?? range.fallback
  if (
    typeof value !== "number" ||
    !Number.isInteger(value) ||
    value < range.min ||
    value > range.max
  ) {
    throw invalid(
      `${name} is not a whole number, ${range.min} to ${range.max}.`
    )
  }
  return value
}

function readChoice<T extends string>(
  body: Record<string, unknown>,
  name: string,
  choices: readonly T[]
): T {
  const choice = choices.find((candidate) => candidate === body[name])
  if (!choice) {
    throw invalid(`${name} is not one of ${choices.join(", ")}.`)
  }
  return choice
}

/** A misspelt switch would silently do nothing, and a test would prove nothing. */
function refuseOthers(body: Record<string, unknown>, names: string[]): void {
  const other = Object.keys(body).find((name) => !names.includes(name))
  if (other !== undefined) {
    throw invalid(`${other} is not one of ${names.join(", ")}.`)
  }
}

function parseFault(body: Record<string, unknown>): Fault {
  const options = ["times", "delay_ms", "retry_after", "status"]
  refuseOthers(body, ["target", "kind", ...options])
  const fault = {
    target: readChoice(body, "target", FAULT_TARGETS),
    kind: readChoice(body, "kind", FAULT_KINDS),
    times: readInteger(body, "times", { min: 1, max: 10_000, fallback: 1 }),
    delay_ms: readInteger(body, "delay_ms", {
      min: 0,
      max: MAX_DELAY_MS,
      fallback: 2000,
    }),
    retry_after: readInteger(body, "retry_after", {
      min: 0,
      max: 86_400,
      fallback: 30,
    }),
    status: readInteger(body, "status", { min: 400, max: 599, fallback: 503 }),
  }
  return fault
}

function changeSettings(
  settings: Settings,
  body: Record<string, unknown>
): void {
  refuseOthers(body, Object.keys(DEFAULT_SETTINGS))
  const read = (name: keyof Settings, min = 1) =>
    readInteger(body, name, {
      min,
      max: MAX_TTL_SECONDS,
      fallback: settings[name],
    })
  Object.assign(settings, {
    access_token_ttl: read("access_token_ttl"),
    refresh_token_ttl: read("refresh_token_ttl"),
    video_processing_ms: read("video_processing_ms"),
    posts_per_day: read("posts_per_day"),
    page_tokens: read("page_tokens", 0),
  })
}

function reset({ settings, faults, log, records, store }: Controls): void {
  Object.assign(settings, DEFAULT_SETTINGS)
  faults.clear()
  records.clear()
  store.clear()
  log.clear()
}

/** Takes a post down: with a reason its author reads why, without one it is gone. */
function takeDown(store: ContentStore, body: Record<string, unknown>): Reply {
  refuseOthers(body, ["id", "reason"])
  const { id, reason } = body
  if (typeof id !== "string" || !store.findPost(id)) {
    throw invalid("id is no post.")
  }
  if (typeof reason === "string" && reason) {
    store.rejectPost(id, reason)
  } else {
    store.removePost(id)
  }
  return jsonReply(200, { id })
}

/**
 * Answers a request on `/control/`: the switches of a development tool, without
 * authentication, reachable from this computer only.
 *
 * @throws ApiError for every refusal
 */
export async function answerControlApi(
  controls: Controls,
  request: SandboxRequest
): Promise<Reply> {
  const { settings, faults, log, records, store } = controls
  switch (`${request.method} ${request.url.pathname}`) {
    case "POST /control/reset":
      reset(controls)
      return jsonReply(200, { reset: true })
    case "GET /control/settings":
      return jsonReply(200, settings)
    case "POST /control/settings":
      changeSettings(settings, await readJsonObject(request))
      return jsonReply(200, settings)
    case "GET /control/faults":
      return jsonReply(200, { faults: faults.list() })
    case "POST /control/faults": {
      const fault = parseFault(await readJsonObject(request))
      faults.add(fault)
      return jsonReply(200, { fault })
    }
    case "DELETE /control/faults":
      faults.clear()
      return jsonReply(200, { faults: [] })
    case "POST /control/revoke-grants":
      records.revokeGrants()
      return jsonReply(200, { revoked: true })
    case "GET /control/requests":
      return jsonReply(200, { requests: log.list() })
    case "DELETE /control/requests":
      log.clear()
      return jsonReply(200, { requests: [] })
    case "GET /control/drafts":
      return jsonReply(200, { drafts: store.listDrafts() })
    case "POST /control/take-down":
      return takeDown(store, await readJsonObject(request))
    case "GET /control/posts":
      return jsonReply(200, { posts: store.listPosts() })
    default:
      throw new ApiError(404, "not_found", "There is no such control.")
  }
}
