import type {
  MedusaNextFunction,
  MedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { MedusaError } from "@medusajs/framework/utils"
import type { z } from "@medusajs/framework/zod"

/** As many mistakes as a person mends at once. */
const MAX_ISSUES = 3

/**
 * Checks a body and hands it on as `req.validatedBody`, as Medusa's own
 * `validateAndTransformBody` does, but without repeating what was sent: a value
 * of the wrong kind may be a secret in the wrong place, and the message is
 * logged too.
 *
 * @param schema - an object; members that it does not name are refused
 */
export const validateBody =
  (schema: z.ZodType) =>
  async (
    req: MedusaRequest,
    _res: MedusaResponse,
    next: MedusaNextFunction
  ): Promise<void> => {
    const { success, data, error } = await schema.safeParseAsync(req.body)
    if (!success) {
      const messages = error.issues
        .slice(0, MAX_ISSUES)
        .map((issue) => describe(issue, req.body))
      throw new MedusaError(
        MedusaError.Types.INVALID_DATA,
        `Invalid request: ${messages.join("; ")}`
      )
    }
    req.validatedBody = data
    next()
  }

const describe = (issue: z.core.$ZodIssue, body: unknown): string => {
  const field = issue.path.join(".")
  switch (issue.code) {
    case "invalid_type":
      return isMissing(issue.path, body)
        ? `Field '${field}' is required`
        : `Expected type: '${issue.expected}' for field '${field}'`
    case "invalid_value":
      return isMissing(issue.path, body)
        ? `Field '${field}' is required`
        : `Expected: '${issue.values.join(", ")}' for field '${field}'`
    case "unrecognized_keys":
      return `Unrecognized fields: '${issue.keys.join(", ")}'`
    case "too_small":
      return `Value for field '${field}' too small, expected at least: '${issue.minimum}'`
    case "too_big":
      return `Value for field '${field}' too big, expected at most: '${issue.maximum}'`
    default:
      return issue.message
  }
}

const isMissing = (path: PropertyKey[], body: unknown): boolean =>
  path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    body
  ) === undefined
