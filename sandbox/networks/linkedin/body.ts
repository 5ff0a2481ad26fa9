import { Refusal } from "./state"

/** What a request may say: names with `true`, or with what is inside. */
type Shape = { readonly [name: string]: true | Shape }

/** Members of a post that a client can write, as the Posts API names them. */
export const POST: Shape = {
  author: true,
  commentary: true,
  visibility: true,
  distribution: {
    feedDistribution: true,
    targetEntities: true,
    thirdPartyDistributionChannels: true,
  },
  lifecycleState: true,
  isReshareDisabledByAuthor: true,
  content: {
    media: { id: true, title: true, altText: true },
    multiImage: { images: { id: true, altText: true } },
    article: { source: true, title: true, description: true, thumbnail: true },
    poll: {
      question: true,
      options: { text: true },
      settings: { duration: true },
    },
  },
}

export const COMMENT: Shape = {
  actor: true,
  object: true,
  message: { text: true },
}

/** The path of the first member that a shape does not have. */
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
 * Reads what was sent.
 *
 * @throws {Refusal} 400 for what is no JSON, 403 for a member that LinkedIn does not know
 */
export function readJson<T extends object>(body: Buffer, shape: Shape): T {
  let value: unknown
  try {
    value = JSON.parse(body.toString() || "{}")
  } catch {
    throw new Refusal(400, "BAD_REQUEST", "Cannot parse request entity")
  }
  if (typeof value !== "object" || value === null) {
    throw new Refusal(400, "BAD_REQUEST", "Cannot parse request entity")
  }
  const unknown = findUnknown(value, shape, "")
  if (unknown) {
    throw new Refusal(
      403,
      "ACCESS_DENIED",
      `Unpermitted fields present in REQUEST_BODY: Data Processing Exception while processing fields [${unknown}]`,
      { serviceErrorCode: 100 }
    )
  }
  return value as T
}
