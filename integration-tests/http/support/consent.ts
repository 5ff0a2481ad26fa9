import type { AxiosInstance, AxiosResponse } from "axios"
import type { Admin } from "./application"

const AS_BROWSER = { maxRedirects: 0, validateStatus: () => true }

/** Asks for the address of a service's consent page, as the button Connect does. */
export const startConnecting = async (
  admin: Admin,
  provider: string,
  platformId: string
): Promise<URL> => {
  const { status, data } = await admin.get(
    `/admin/oauth/${provider}?platform_id=${platformId}`
  )
  if (status !== 200) {
    throw new Error(`No authorization was started: ${JSON.stringify(data)}`)
  }
  return new URL(data.location)
}

/**
 * Consents at a service whose consent page answers at once, and follows the
 * redirects as a browser does: to our redirect URI and on to the dashboard.
 *
 * @returns what the dashboard's page finds in the fragment of its address
 */
export const consent = async (
  api: AxiosInstance,
  location: URL
): Promise<Record<string, string>> => {
  const consented = await fetch(location, { redirect: "manual" })
  const redirect = new URL(consented.headers.get("location") ?? "")
  const { status, headers } = await api.get(
    `${redirect.pathname}${redirect.search}`,
    AS_BROWSER
  )
  if (status !== 303) {
    throw new Error(`The redirect URI answered ${status}.`)
  }
  const fragment = new URL(headers.location).hash.slice(1)
  return Object.fromEntries(new URLSearchParams(fragment))
}

/** Connects a platform through every redirect of the flow. */
export const connect = async (
  api: AxiosInstance,
  admin: Admin,
  provider: string,
  platformId: string
): Promise<AxiosResponse> => {
  const location = await startConnecting(admin, provider, platformId)
  return admin.post(
    `/admin/oauth/${provider}/callback`,
    await consent(api, location)
  )
}
