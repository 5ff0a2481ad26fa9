const timeoutMs = 60_000

/** One admin's way to the store's API. */
export type AdminApi = {
  get<T>(path: string): Promise<T>
  post<T>(path: string, body?: object): Promise<T>
  /** The text of every answer so far. */
  answers: string[]
}

/**
 * Logs in over HTTP as a person does.
 *
 * @param url address of the store
 * @throws Error with the answer when the login, or later a request, is refused
 */
export async function logIn(
  url: string,
  email: string,
  password: string
): Promise<AdminApi> {
  const answers: string[] = []
  const headers: Record<string, string> = { "content-type": "application/json" }

  const send = async <T>(
    method: string,
    path: string,
    body?: object
  ): Promise<T> => {
    const response = await fetch(url + path, {
      method,
      headers,
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((error: Error) => {
      throw new Error(
        `${method} ${path} got no answer: ${error.cause ?? error.message}`
      )
    })
    const text = await response.text()
    answers.push(text)
    if (!response.ok) {
      throw new Error(`${method} ${path} answered ${response.status}: ${text}`)
    }
    return JSON.parse(text) as T
  }

  const { token } = await send<{ token: string }>(
    "POST",
    "/auth/user/emailpass",
    { email, password }
  )
  headers.authorization = `Bearer ${token}`
  return {
    get: (path) => send("GET", path),
    post: (path, body = {}) => send("POST", path, body),
    answers,
  }
}

/** A platform, as far as the demo looks at it. */
export type Platform = {
  id: string
  name: string
  status: string
  connection: string
  key_version: number | null
  token_expires_at: string
  last_refreshed_at: string | null
  last_synced_at: string | null
  profile: { username: string; name: string } | null
  credentials: {
    name: string
    configured: boolean
    storage: string | null
    key_version: number | null
  }[]
}

export type Account = {
  id: string
  external_id: string
  kind: string
  name: string
  username: string | null
}

export type Post = {
  id: string
  status: string
  publications: {
    state: string
    external_id: string | null
    external_url: string | null
    last_error: { message: string } | null
  }[]
}
