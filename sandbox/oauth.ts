import { type Configuration, Provider } from "oidc-provider"
import { type Access, makePageToken, readPageToken } from "./account-tokens"
import { SCOPES, USER } from "./directory"
import type { ServerKeys } from "./keys"
import { messageReply } from "./layout"
import type { OauthRecords } from "./oidc-adapter"
import type { Settings } from "./settings"

export const CLIENT_ID = "medusa"
const CLIENT_SECRET = "sandbox-secret"
/** A store has one registration; a mistake in its configuration takes another. */
const CLIENT_IDS = [CLIENT_ID, "medusa-staging"]
const YEAR_SECONDS = 365 * 24 * 3600

type OauthServerOptions = {
  issuer: string
  keys: ServerKeys
  records: OauthRecords
  /** Read at each issue of a token, so that a change applies at once. */
  settings: Settings
}

/**
 * Whether a redirect URI may be used: http(s) on this computer, on any port,
 * with a path that ends with `/callback`, or a platform behind that. Ports
 * differ between a developer's
 * application and each test run, so they cannot be registered one by one.
 */
export function isAllowedRedirectUri(uri: string): boolean {
  if (!URL.canParse(uri)) {
    return false
  }
  const url = new URL(uri)
  return (
    (url.protocol === "http:" || url.protocol === "https:") &&
    (url.hostname === "localhost" || url.hostname === "127.0.0.1") &&
    /\/callback(?:\/\w+)?$/.test(url.pathname) &&
    !url.username &&
    !url.password &&
    !url.hash
  )
}

async function isOwnToken(
  _context: unknown,
  client: { clientId: string },
  token: { clientId?: string }
): Promise<boolean> {
  return token.clientId === client.clientId
}

function configure(options: OauthServerOptions): Configuration {
  const { keys, records, settings } = options
  return {
    adapter: records.adapter,
    jwks: keys.jwks,
    clients: CLIENT_IDS.map((client_id) => ({
      client_id,
      client_secret: CLIENT_SECRET,
      client_name: "Medusa store",
      // The check of redirect URIs is replaced below; one must be registered.
      redirect_uris: ["http://localhost:9000/app/oauth/sandbox/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      id_token_signed_response_alg: "ES256",
      token_endpoint_auth_method: "client_secret_basic",
    })),
    clientAuthMethods: ["client_secret_basic", "client_secret_post"],
    responseTypes: ["code"],
    scopes: Object.keys(SCOPES),
    // Without it an expired token would be good for 15 seconds more, and a test
    // of an expiry would have to wait for them.
    clockTolerance: 0,
    pkce: { required: () => true },
    cookies: {
      keys: keys.cookies,
      // Cookies ignore the port: names of our own keep them apart from those of
      // another server on localhost.
      names: {
        session: "sandbox_session",
        interaction: "sandbox_interaction",
        resume: "sandbox_resume",
      },
      short: { httpOnly: true, sameSite: "lax", signed: true },
      long: { httpOnly: true, sameSite: "lax", signed: true },
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      introspection: { enabled: true, allowedPolicy: isOwnToken },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: { enabled: false },
      revocation: { enabled: true, allowedPolicy: isOwnToken },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    clientBasedCORS: () => false,
    findAccount: (_context, id) =>
      id === USER.id
        ? { accountId: id, claims: async () => ({ sub: id }) }
        : undefined,
    // Only the approval given in this very request counts: each connection gets
    // a grant of its own, so that revoking one leaves the others alone.
    loadExistingGrant: async (context) => {
      const grantId = context.oidc.result?.consent?.grantId
      return grantId ? context.oidc.provider.Grant.find(grantId) : undefined
    },
    expiresWithSession: async () => false,
    issueRefreshToken: async (_context, _client, source) =>
      source.scopes.has("offline_access"),
    rotateRefreshToken: true,
    ttl: {
      AccessToken: () => settings.access_token_ttl,
      RefreshToken: () => settings.refresh_token_ttl,
      AuthorizationCode: 60,
      Grant: 10 * YEAR_SECONDS,
      Interaction: 3600,
      Session: 14 * 24 * 3600,
      IdToken: 3600,
    },
    renderError: (context, out) => {
      const reply = messageReply(
        context.status,
        "This request cannot be answered",
        out.error_description ?? "Go back to the application and try again.",
        out.error
      )
      context.set(reply.headers)
      context.body = reply.body
    },
  }
}

/**
 * The authorization server: OAuth 2.0 (RFC 6749) with PKCE (RFC 7636), rotating
 * refresh tokens, revocation (RFC 7009), introspection (RFC 7662), metadata
 * (RFC 8414) and the issuer in its authorization responses (RFC 9207).
 */
export function createOauthServer(options: OauthServerOptions): Provider {
  const provider = new Provider(options.issuer, configure(options))
  provider.Client.prototype.redirectUriAllowed = isAllowedRedirectUri
  provider.on("server_error", (_context, error) => {
    console.error("The authorization server failed:", error)
  })
  return provider
}

/**
 * Adds `prompt=consent` to an authorization request. The library drops
 * `offline_access` from a request without it (OpenID Connect Core 1.0, section
 * 11), where social networks ask each time and need no such parameter.
 *
 * @param url path and query of the request
 */
export function withConsentPrompt(url: URL): string {
  const changed = new URL(url)
  const prompts = new Set(
    (changed.searchParams.get("prompt") ?? "").split(" ").filter(Boolean)
  )
  if (!prompts.has("none")) {
    changed.searchParams.set("prompt", [...prompts.add("consent")].join(" "))
  }
  return changed.pathname + changed.search
}

/** What the person's own token may do, but know who it is, a page's may do too. */
const PAGE_SCOPES = ["accounts:read", "posts:write", "insights:read"]

/**
 * Whom an access token stands for: the person, or one of their pages.
 *
 * @param value the token as the client sent it
 * @param options `generation` of the pages' tokens that are good, and their key
 * @returns `null` if the token is unknown, expired or revoked
 */
export async function accessOfToken(
  provider: Provider,
  value: string,
  { generation, key }: { generation: number; key: string }
): Promise<Access | null> {
  const ofPage = readPageToken(value, key)
  if (ofPage) {
    const grant = await provider.Grant.find(ofPage.grant)
    return grant && ofPage.generation === generation
      ? {
          scopes: new Set(PAGE_SCOPES),
          page: ofPage.page,
          tokenOf: () => value,
        }
      : null
  }
  const token = await provider.AccessToken.find(value)
  const grant = token?.grantId
  if (!token || token.isExpired || !grant) {
    return null
  }
  return (await provider.Grant.find(grant))
    ? {
        scopes: token.scopes,
        page: null,
        tokenOf: (page) =>
          generation
            ? makePageToken({ page, grant, generation }, key)
            : undefined,
      }
    : null
}
