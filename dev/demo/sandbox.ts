/** A post as the network holds it. */
export type NetworkPost = {
  id: string
  url: string
  account_id: string
  text: string
  link: string | null
  media: {
    id: string
    url: string
    content_type: string
    alt_text: string | null
  }[]
}

/** The sandbox network, asked directly: not through the store. */
export type Sandbox = {
  url: string
  /** Lets access tokens that are issued from now on live for so many seconds. */
  setAccessTokenLifetime(seconds: number): Promise<void>
  /** Reads a post through the network's own API. */
  post(id: string, accessToken: string): Promise<NetworkPost>
  /** How often its token endpoint was asked: each success issues a pair of tokens. */
  countTokenRequests(): Promise<number>
  /** Whether the network knows a token as valid (RFC 7662). */
  isLive(token: string): Promise<boolean>
}

/** The network's one client, as the store's configuration has it. */
const clientId = "medusa"
export const clientSecret = "sandbox-secret"

/** @param url address of the network */
export function createSandbox(url: string): Sandbox {
  const ask = async <T>(path: string, init?: RequestInit): Promise<T> => {
    const response = await fetch(url + path, init)
    if (!response.ok) {
      throw new Error(`The network refused ${path}: ${response.status}`)
    }
    return (await response.json()) as T
  }

  return {
    url,
    setAccessTokenLifetime: async (seconds) => {
      await ask("/control/settings", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ access_token_ttl: seconds }),
      })
    },
    post: (id, accessToken) =>
      ask(`/api/posts/${id}`, {
        headers: { authorization: `Bearer ${accessToken}` },
      }),
    countTokenRequests: async () => {
      const { requests } = await ask<{
        requests: { method: string; path: string }[]
      }>("/control/requests")
      return requests.filter(
        ({ method, path }) => method === "POST" && path === "/token"
      ).length
    },
    isLive: async (token) => {
      const credentials = Buffer.from(`${clientId}:${clientSecret}`)
      const { active } = await ask<{ active: boolean }>(
        "/token/introspection",
        {
          method: "POST",
          headers: { authorization: `Basic ${credentials.toString("base64")}` },
          body: new URLSearchParams({ token }),
        }
      )
      return active
    },
  }
}
