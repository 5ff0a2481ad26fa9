import type { SimulatorRequest } from "../simulator"
import { capabilitiesOf, RestError, type User } from "./site"

/** A request below the REST root, with who is logged in. */
export type RestRequest = SimulatorRequest & {
  /** For example `/wp/v2/posts/12`. */
  route: string
  user: User | null
  /** The site's own address. */
  home: string
}

/** What is there may be changed by any of these methods. */
export const isEdit = ({ method }: RestRequest): boolean =>
  ["POST", "PUT", "PATCH"].includes(method)

const MESSAGES: Record<string, string> = {
  rest_cannot_create:
    "Sorry, you are not allowed to create posts as this user.",
  rest_cannot_publish:
    "Sorry, you are not allowed to publish posts in this post type.",
  rest_cannot_edit: "Sorry, you are not allowed to edit this post.",
  rest_cannot_delete: "Sorry, you are not allowed to delete this post.",
  rest_cannot_assign_sticky: "Sorry, you are not allowed to make posts sticky.",
  rest_forbidden_context:
    "Sorry, you are not allowed to edit posts in this post type.",
}

/** @throws RestError 403, or 401 where nobody is logged in */
export const refuse = (user: User | null, code: string): never => {
  throw new RestError(user ? 403 : 401, code, MESSAGES[code])
}

/** @throws RestError where nobody is logged in, or one who may not */
export const requireRight = (
  user: User | null,
  right: string,
  code: string
): User => {
  if (!user || !capabilitiesOf(user)[right]) {
    return refuse(user, code)
  }
  return user
}

/** @throws RestError for a body that is no JSON */
export const jsonOf = ({ body }: RestRequest): Record<string, unknown> => {
  try {
    return body.length ? JSON.parse(body.toString()) : {}
  } catch {
    throw new RestError(400, "rest_invalid_json", "Invalid JSON body passed.")
  }
}
