import { FetchError } from "@medusajs/js-sdk"

/**
 * The message to show for a failed request.
 *
 * @param error whatever the request was rejected with
 * @returns the API's own words, or advice where the API could not be reached
 */
export const errorMessage = (error: unknown): string => {
  if (error instanceof FetchError) {
    return error.message || `The server answered with status ${error.status}.`
  }
  if (error instanceof TypeError) {
    return "The server could not be reached. Check your connection and try again."
  }
  return error instanceof Error && error.message
    ? error.message
    : "Something went wrong. Try again."
}

/**
 * Tells whether a request failed because the thing does not exist (any more).
 *
 * @param error whatever the request was rejected with
 * @returns true for the API's 404
 */
export const isNotFound = (error: unknown): boolean =>
  error instanceof FetchError && error.status === 404
