const KEY = "social_platforms.connecting"

/**
 * Notes which platform the person leaves the dashboard for. Only the way back
 * after a failure depends on it: what gets connected is for the API to decide.
 *
 * @param platformId the platform's id
 */
export const rememberConnecting = (platformId: string): void => {
  try {
    window.sessionStorage.setItem(KEY, platformId)
  } catch {
    // Storage can be switched off; the way back is then the list.
  }
}

/**
 * Which platform the person has left the dashboard for.
 *
 * @returns its id, or `null` where that is not known
 */
export const connectingPlatform = (): string | null => {
  try {
    return window.sessionStorage.getItem(KEY)
  } catch {
    return null
  }
}

/**
 * Where to send a person whose connection failed.
 *
 * @returns the path of the platform they came from, or of the list
 */
export const wayBack = (): string => {
  const id = connectingPlatform()
  return id
    ? `/social-platforms/${encodeURIComponent(id)}`
    : "/social-platforms"
}
