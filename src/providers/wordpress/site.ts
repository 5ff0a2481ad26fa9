import { isServiceError, ServiceError } from "../../errors/service-error"
import type { ProviderContext } from "../types"

/** What a site's REST root tells of it. */
export interface Site {
  /** What a route is appended to, below the site's address. */
  api: string
  name: string
  /** Where WordPress itself is, with its dashboard; may differ from `home`. */
  url: string
  home: string
  icon: string | null
  takesApplicationPasswords: boolean
}

interface Root {
  name?: string
  url?: string
  home?: string
  namespaces?: string[]
  authentication?: Record<string, unknown>
  site_icon_url?: string
}

/** The root lists every route unless it is told what is wanted of it. */
const FIELDS = "name,url,home,namespaces,authentication,site_icon_url"

/**
 * Addresses of the REST API, the usual one first: the other works with "plain"
 * permalinks too (developer.wordpress.org/rest-api/extending-the-rest-api/routes-and-endpoints).
 */
const ROOTS = ["/wp-json", "/?rest_route="]

/**
 * Finds a site's REST API.
 *
 * @throws {ServiceError} `config_error` where there is none
 */
export const openSite = async ({ request }: ProviderContext): Promise<Site> => {
  for (const api of ROOTS) {
    const root = await request<Root>(`${api}/`, {
      query: { _fields: FIELDS },
    }).catch((error: unknown) => {
      if (isServiceError(error) && isNoRoot(error)) {
        return undefined
      }
      throw error
    })
    if (root?.namespaces?.includes("wp/v2")) {
      const { name, url, home, authentication, site_icon_url } = root
      return {
        api,
        name: plain(name ?? "") || String(home),
        url: String(url ?? home),
        home: String(home ?? url),
        icon: site_icon_url || null,
        takesApplicationPasswords:
          !!authentication && "application-passwords" in authentication,
      }
    }
  }
  throw new ServiceError(
    "config_error",
    "There is no REST API of WordPress at the site's address. Check the address, and whether a security plugin has switched the REST API off.",
    { code: "no_rest_api" }
  )
}

/** Nothing there, or a web page that says that all is well. */
const isNoRoot = ({ status, code }: ServiceError): boolean =>
  status === 404 || (code === "malformed_response" && status === 200)

/** Names come with `&amp;` in the place of `&`. */
export const plain = (name: string): string =>
  name
    .replace(/&#0?39;|&#8217;/g, "’")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")

/** A success without what it must have: nobody knows what it stands for. */
export const malformed = (missing: string): ServiceError =>
  new ServiceError("transient", `WordPress answered without ${missing}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })
