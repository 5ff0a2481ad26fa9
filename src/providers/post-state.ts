import { isServiceError } from "../errors/service-error"
import type { PostState } from "./publication"

/**
 * What has become of a post at a service where one that is gone is not found.
 *
 * @param found - its address, once the service has given the post
 * @param codes - of the service for what is not there, besides 404 and 410
 * @throws {ServiceError} what else the service says
 */
export const stateOf = async (
  found: Promise<string | null>,
  codes: readonly string[] = []
): Promise<PostState> => {
  try {
    return { state: "public", url: await found }
  } catch (error) {
    const isGone =
      isServiceError(error) &&
      ([404, 410].includes(error.status ?? 0) || codes.includes(error.code))
    if (isGone) {
      return { state: "gone" }
    }
    throw error
  }
}
