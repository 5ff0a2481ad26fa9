import { readShaped, type Shape } from "../shape"
import { Refusal } from "./state"

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
  reshareContext: { parent: true },
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

/**
 * Reads what was sent.
 *
 * @throws {Refusal} 400 for what is no JSON, 403 for a member that LinkedIn does not know
 */
export const readJson = <T extends object>(body: Buffer, shape: Shape): T =>
  readShaped(body, shape, {
    malformed: () =>
      new Refusal(400, "BAD_REQUEST", "Cannot parse request entity"),
    unknown: (path) =>
      new Refusal(
        403,
        "ACCESS_DENIED",
        `Unpermitted fields present in REQUEST_BODY: Data Processing Exception while processing fields [${path}]`,
        { serviceErrorCode: 100 }
      ),
  })
