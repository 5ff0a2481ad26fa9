type Cookie = { name: string; value: string; path: string }

const MAX_STEPS = 10

/** The cookies of one server, as far as a consent needs them. */
function createCookieJar() {
  let cookies: Cookie[] = []
  return {
    store: (headers: Headers) => {
      for (const line of headers.getSetCookie()) {
        const [pair, ...attributes] = line.split(";").map((part) => part.trim())
        const [name, ...value] = pair.split("=")
        const find = (key: string) =>
          attributes
            .find((attribute) => attribute.toLowerCase().startsWith(`${key}=`))
            ?.slice(key.length + 1)
        const path = find("path") ?? "/"
        const expires = find("expires")
        const isGone = expires !== undefined && Date.parse(expires) < Date.now()
        cookies = cookies.filter(
          (cookie) => cookie.name !== name || cookie.path !== path
        )
        if (!isGone) {
          cookies.push({ name, value: value.join("="), path })
        }
      }
    },
    headerFor: (path: string) =>
      cookies
        .filter(
          (cookie) =>
            cookie.path === "/" ||
            path === cookie.path ||
            path.startsWith(`${cookie.path}/`)
        )
        .map(({ name, value }) => `${name}=${value}`)
        .join("; "),
  }
}

/** Where the consent form is sent to. */
function formAction(page: string, pageUrl: URL): URL {
  const action = /<form[^>]*\saction="([^"]+)"/.exec(page)?.[1]
  if (!action) {
    throw new Error(`${pageUrl.pathname} is not the consent page.`)
  }
  return new URL(action, pageUrl)
}

function isAt(url: URL, target: URL): boolean {
  return url.origin === target.origin && url.pathname === target.pathname
}

async function decide(
  location: string,
  decision: "allow" | "refuse"
): Promise<string> {
  const jar = createCookieJar()
  let url = new URL(location)
  const redirectUri = url.searchParams.get("redirect_uri")
  if (!redirectUri) {
    throw new Error("The authorization URL has no redirect_uri.")
  }
  const destination = new URL(redirectUri)
  let body: URLSearchParams | undefined

  for (let step = 0; step < MAX_STEPS; step += 1) {
    const response = await fetch(url, {
      method: body ? "POST" : "GET",
      body,
      redirect: "manual",
      headers: { accept: "text/html", cookie: jar.headerFor(url.pathname) },
    })
    jar.store(response.headers)
    const page = await response.text()
    const next = response.headers.get("location")
    if (next) {
      url = new URL(next, url)
      body = undefined
      if (isAt(url, destination)) {
        return url.href
      }
    } else if (response.ok) {
      url = formAction(page, url)
      body = new URLSearchParams({ decision })
    } else {
      const reason =
        /<code>([^<]*)<\/code>/.exec(page)?.[1] ?? "no reason given"
      throw new Error(`${url.pathname} answered ${response.status}: ${reason}`)
    }
  }
  throw new Error(`No end after ${MAX_STEPS} steps of the authorization.`)
}

/**
 * Goes through an authorization request as a person's browser would, over real
 * HTTP with cookies of its own, and allows it.
 *
 * @param location the authorization URL
 * @returns the redirect back to the application (`…/callback?code=…`), not followed
 * @throws Error if the network refuses the request instead of asking for consent
 */
export function approveConsent(location: string): Promise<string> {
  return decide(location, "allow")
}

/**
 * The same, but the person refuses.
 *
 * @param location the authorization URL
 * @returns the redirect back to the application (`…/callback?error=access_denied…`)
 * @throws Error if the network refuses the request instead of asking for consent
 */
export function refuseConsent(location: string): Promise<string> {
  return decide(location, "refuse")
}
