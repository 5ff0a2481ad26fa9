export type CallbackParams = {
  state?: string
  code?: string
  error?: string
  error_description?: string
  iss?: string
  /** Of a redirect URI that is the platform's own. */
  platform_id?: string
  /** What else the service told with the redirect. */
  parameters?: string
}

const NAMES = [
  "state",
  "code",
  "error",
  "error_description",
  "iss",
  "platform_id",
  "parameters",
] as const

/**
 * Reads what a service sent back after the consent page. A refusal may come
 * without a state: there is nothing to exchange then, but something to say.
 *
 * @param fragment the fragment of the page's address: Medusa's redirect route
 *   puts the answer there, where no access log sees it
 * @returns the parameters, or `null` where it sent nothing usable
 * @see RFC 6749 section 4.1.2, RFC 9207
 */
export const readCallbackParams = (fragment: string): CallbackParams | null => {
  const query = new URLSearchParams(fragment.replace(/^#/, ""))
  const params: CallbackParams = {}
  for (const name of NAMES) {
    const value = query.get(name)
    if (value) {
      params[name] = name === "error_description" ? value.slice(0, 500) : value
    }
  }
  return params.error || (params.state && params.code) ? params : null
}

const exchanges = new Map<string, Promise<unknown>>()

/**
 * Runs the exchange for one state once in the page's life. React may run an
 * effect twice; a second exchange would burn the grant that the first one got.
 *
 * @param state the state parameter
 * @param exchange sends the parameters to the API
 * @returns the first call's outcome, for every caller
 */
export const exchangeOnce = <T>(
  state: string,
  exchange: () => Promise<T>
): Promise<T> => {
  const running = exchanges.get(state)
  if (running) {
    return running as Promise<T>
  }
  const started = exchange()
  exchanges.set(state, started)
  return started
}
