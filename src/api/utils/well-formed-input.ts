import type {
  MedusaNextFunction,
  MedusaRequest,
  MedusaResponse,
  MiddlewareRoute,
} from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"

/** Levels of objects and lists that a request may nest; ours need five. */
const MAX_DEPTH = 32

/** Members of which a client chooses the names. */
const FREE_MEMBERS = ["api_config", "metadata"]

/** The names of the API's own members and parameters are all of this form. */
const MEMBER_NAME = /^[$a-z_]{1,32}$/
const PARAMETER_NAME = /^[$a-z_]{1,32}(\.[$a-z_]{1,32})?$/

const MAX_FREE_NAME_LENGTH = 200

/**
 * Names of what every object inherits. A value that replaces one of them breaks
 * whatever turns it into text, the validator's own message first.
 */
const INHERITED_NAMES = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  "prototype",
  "toJSON",
])

/** NUL, and half a surrogate pair: PostgreSQL stores neither. */
const UNSTORABLE = /[\0\p{Surrogate}]/u

const refuse = (message: string): never => {
  throw new MedusaError(MedusaError.Types.INVALID_DATA, message)
}

interface Visit {
  value: unknown
  /** For the message; made of names that may be repeated: none that a client chose freely. */
  path: string
  depth: number
  /** Whether the client chose the names here. */
  isFree: boolean
}

/**
 * Refuses what no field of the API takes, before a validator looks at it:
 * characters that the database cannot store, names that are none of the API's,
 * endless nesting. What is refused is not repeated, for it may be a secret in
 * the wrong place.
 *
 * @param input - the body or the query of a request
 * @param isName - whether a name may be one of the API's
 * @throws {MedusaError} INVALID_DATA that names the field
 */
export const requireWellFormed = (
  input: unknown,
  isName: (name: string) => boolean
): void => {
  // A list in place of recursion: deep nesting must not exhaust the stack.
  const pending: Visit[] = [{ value: input, path: "", depth: 0, isFree: false }]
  for (let visit = pending.pop(); visit; visit = pending.pop()) {
    const { value, path, depth, isFree } = visit
    if (typeof value === "string" && UNSTORABLE.test(value)) {
      refuse(
        `${path} holds a character that cannot be stored (NUL, or half of a surrogate pair). Remove it.`
      )
    }
    if (typeof value !== "object" || value === null) {
      continue
    }
    if (depth === MAX_DEPTH) {
      refuse(
        `${path || "The request"} is nested more than ${MAX_DEPTH} levels deep.`
      )
    }
    for (const [name, member] of Object.entries(value)) {
      if (Array.isArray(value)) {
        pending.push({ value: member, path, depth: depth + 1, isFree })
        continue
      }
      requireName(name, path, isFree, isName)
      pending.push({
        value: member,
        path: [path, MEMBER_NAME.test(name) && name].filter(Boolean).join("."),
        depth: depth + 1,
        isFree: isFree || FREE_MEMBERS.includes(name),
      })
    }
  }
}

const requireName = (
  name: string,
  path: string,
  isFree: boolean,
  isName: (name: string) => boolean
): void => {
  const place = path ? ` in ${path}` : ""
  if (INHERITED_NAMES.has(name)) {
    refuse(
      `A member${place} is called "${name}", which is reserved. Give it another name.`
    )
  }
  if (isFree) {
    if (name.length > MAX_FREE_NAME_LENGTH || UNSTORABLE.test(name)) {
      refuse(
        `The name of a member${place} is longer than ${MAX_FREE_NAME_LENGTH} characters, or holds a character that cannot be stored. Change it.`
      )
    }
    return
  }
  if (!isName(name)) {
    refuse(
      `The request has a member${place} that this route does not know. Its name is not repeated here, because it may be a value in the wrong place.`
    )
  }
}

const isUnstorableAddress = ({ baseUrl, path }: MedusaRequest): boolean => {
  try {
    return UNSTORABLE.test(decodeURIComponent(baseUrl + path))
  } catch {
    // A broken escape sequence; the router answers 400.
    return false
  }
}

const hasBody = ({ headers }: MedusaRequest): boolean =>
  headers["transfer-encoding"] !== undefined ||
  Number(headers["content-length"] ?? 0) > 0

/** The one body that is no JSON. */
const isFile = ({ method, baseUrl, path }: MedusaRequest): boolean =>
  method === "PUT" && `${baseUrl}${path}`.startsWith(FILES)

const FILES = "/admin/social-media/upload"

const checkInput = (
  req: MedusaRequest,
  res: MedusaResponse,
  next: MedusaNextFunction
): void => {
  // Another form than JSON would arrive as one long name.
  if (hasBody(req) && !isFile(req) && !req.is("json")) {
    res.status(415).json({
      type: "invalid_data",
      message: "Send the body as JSON, with content-type: application/json.",
    })
    return
  }
  if (isUnstorableAddress(req)) {
    throw new MedusaError(
      MedusaError.Types.NOT_FOUND,
      "There is nothing at this address."
    )
  }
  requireWellFormed(req.query, (name) => PARAMETER_NAME.test(name))
  requireWellFormed(req.body, (name) => MEMBER_NAME.test(name))
  next()
}

/** {@link checkInput} for every route of the plugin. */
export const wellFormedInputMiddlewares: MiddlewareRoute[] = [
  "/admin/social-platforms",
  "/admin/social-accounts",
  "/admin/social-posts",
  "/admin/social-media",
  "/admin/social-providers",
  "/admin/socials",
  "/admin/oauth",
  "/admin/encryption",
].map((matcher) => ({ matcher, middlewares: [checkInput] }))
