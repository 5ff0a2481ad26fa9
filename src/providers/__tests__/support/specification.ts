import Ajv from "ajv"
import { readForm } from "../../../../sandbox/networks/form"
import { sendReply } from "../../../../sandbox/http"
import type {
  Simulator,
  SimulatorRequest,
} from "../../../../sandbox/networks/simulator"

/** JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>

/** One call that a network documents, as far as it is used. */
export interface Operation {
  /** Method and path, with `{name}` for what differs: `GET /posts/{id}`. */
  call: string
  /** What the query may have, by name; all of it is text. */
  query?: Readonly<Record<string, Schema>>
  /** What the body is, by its content type; without it there is none. */
  body?: Readonly<Record<string, Schema>>
}

/** What a network documents of the calls that its provider makes. */
export interface Specification {
  /** Where it is documented, and in which version it was last compared. */
  source: string
  operations: readonly Operation[]
}

/** An object that has nothing else. */
export const closed = (
  properties: Readonly<Record<string, Schema>>,
  required: readonly string[] = []
): Schema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
})

export const TEXT: Schema = { type: "string" }
export const FLAG: Schema = { type: "boolean" }
export const FLAG_IN_QUERY: Schema = { enum: ["true", "false"] }
export const COUNT_IN_QUERY: Schema = { type: "string", pattern: "^[1-9]\\d*$" }

/** A file of a form, as `readBody` shows it. */
export const FILE = closed(
  { filename: { type: "string", minLength: 1 }, content_type: TEXT },
  ["filename", "content_type"]
)

/** Keeps all that a simulator is sent from now on, and lets it respond. */
export const recordRequests = (simulator: Simulator): SimulatorRequest[] => {
  const recorded: SimulatorRequest[] = []
  simulator.intercept(async ({ request, carryOut, response }) => {
    recorded.push(request)
    sendReply(response, await carryOut())
  })
  return recorded
}

/** Names with their value, or with a list of them where one comes twice. */
const gathered = (entries: Iterable<readonly [string, unknown]>): object => {
  const values = new Map<string, unknown[]>()
  for (const [name, value] of entries) {
    values.set(name, [...(values.get(name) ?? []), value])
  }
  return Object.fromEntries(
    [...values].map(([name, all]) => [name, all.length > 1 ? all : all[0]])
  )
}

/** @returns the content type with what is in the body; a form's field that ends in `_json` is read */
const readBody = ({
  headers,
  body,
}: SimulatorRequest): { type: string; value: unknown } | null => {
  const header = headers["content-type"] ?? ""
  const [type] = header.split(";")
  if (!body.length && !type) {
    return null
  }
  if (type === "multipart/form-data") {
    const fields = readForm(body, header).map(
      ({ name, filename, content_type, body: value }) =>
        [
          name,
          filename !== null
            ? { filename, content_type }
            : name.endsWith("_json")
              ? (JSON.parse(String(value)) as unknown)
              : String(value),
        ] as const
    )
    return { type, value: gathered(fields) }
  }
  if (type === "application/x-www-form-urlencoded") {
    return { type, value: gathered(new URLSearchParams(String(body))) }
  }
  // What a file holds is nobody's to look into.
  return /^(?:image|video)\//.test(type)
    ? { type, value: null }
    : { type, value: JSON.parse(String(body)) }
}

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true })

const mismatches = (schema: Schema, value: unknown, where: string): string[] =>
  ajv.validate(schema, value)
    ? []
    : (ajv.errors ?? []).map(
        ({ instancePath, message, params }) =>
          `${where}${instancePath} ${message} ${JSON.stringify(params)}`
      )

const isCall = ({ call }: Operation, { method, url }: SimulatorRequest) =>
  new RegExp(`^${call.replace(/\{\w+\}/g, "[^/]+")}$`).test(
    `${method} ${url.pathname}`
  )

/** The operation that a request is for. */
export const operationOf = (
  { operations }: Specification,
  request: SimulatorRequest
): Operation | undefined => operations.find((one) => isCall(one, request))

/**
 * What a request has that its network has not documented, or not like this.
 *
 * @returns sentences; none where all of it is documented
 */
export const findDeviations = (
  specification: Specification,
  request: SimulatorRequest
): string[] => {
  const { method, url } = request
  const call = `${method} ${url.pathname}`
  const operation = operationOf(specification, request)
  if (!operation) {
    return [`${call} is not documented`]
  }
  const { query = {}, body = {} } = operation
  const sent = readBody(request)
  const schema = sent && body[sent.type]
  const ofBody = !sent
    ? Object.keys(body).length
      ? [`${call} must have a body`]
      : []
    : schema
      ? mismatches(schema, sent.value, `${call}: the body`)
      : [`${call} takes no body of type ${sent.type}`]
  return [
    ...mismatches(
      closed(query),
      gathered(url.searchParams),
      `${call}: the query`
    ),
    ...ofBody,
  ]
}
