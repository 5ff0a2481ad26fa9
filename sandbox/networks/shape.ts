/** What a request may say: names with `true`, or with what is inside. */
export type Shape = { readonly [name: string]: true | Shape }

/** The path of the first member that a shape does not have: `/content/media`. */
function findUnknown(
  value: unknown,
  shape: Shape,
  path: string
): string | undefined {
  if (Array.isArray(value)) {
    return value.map((one) => findUnknown(one, shape, path)).find(Boolean)
  }
  for (const [name, member] of Object.entries(value as object)) {
    const inner = Object.hasOwn(shape, name) ? shape[name] : undefined
    const here = `${path}/${name}`
    if (inner === undefined) {
      return here
    }
    const unknown =
      inner !== true && typeof member === "object" && member !== null
        ? findUnknown(member, inner, here)
        : undefined
    if (unknown) {
      return unknown
    }
  }
  return undefined
}

/**
 * Reads what was sent, as a service that knows all members that there are.
 *
 * @param refusals - what is thrown for what is no JSON object, and for a member
 *   that the shape does not have, by its path: `/content/media`
 */
export function readShaped<T extends object>(
  body: Buffer,
  shape: Shape,
  refusals: { malformed: () => Error; unknown: (path: string) => Error }
): T {
  let value: unknown
  try {
    value = JSON.parse(body.toString() || "{}")
  } catch {
    throw refusals.malformed()
  }
  if (typeof value !== "object" || value === null) {
    throw refusals.malformed()
  }
  const unknown = findUnknown(value, shape, "")
  if (unknown) {
    throw refusals.unknown(unknown)
  }
  return value as T
}
