import { randomBytes } from "node:crypto"
import { jsonReply, type Reply } from "../../http"
import type { SimulatorRequest } from "../simulator"
import { createProofs, ProofError, sha256 } from "./proofs"
import { didDocOf } from "./sessions"
import { type BlueskyState, XrpcError } from "./state"

/*
 * The authorization server of the AT Protocol (atproto.com/specs/oauth): pushed
 * requests alone, PKCE, tokens bound to a key, refresh tokens that are used once.
 */

type PushedRequest = Record<string, string> & { jkt: string }

type Grant = {
  did: string
  client_id: string
  scope: string
  jkt: string
  /** What is good of it now. */
  access: string
  refresh: string
}

const ACCESS_SECONDS = 15 * 60
const PATHS = /^\/oauth\/|^\/\.well-known\/oauth-|^\/did:plc:/

const secret = (prefix: string): string =>
  `${prefix}-${randomBytes(24).toString("base64url")}`

class OAuthError extends Error {
  constructor(
    readonly code: string,
    message: string
  ) {
    super(message)
  }
}

/** A client of a developer's machine: what is known of it stands in its ID. */
const requireClient = (request: Record<string, string>): void => {
  const { client_id = "", redirect_uri = "", scope = "" } = request
  const url = URL.canParse(client_id) ? new URL(client_id) : null
  if (url?.origin !== "http://localhost" || url.pathname !== "/") {
    throw new OAuthError("invalid_client_metadata", "Unknown client.")
  }
  const redirects = url.searchParams.getAll("redirect_uri")
  const scopes = (url.searchParams.get("scope") ?? "atproto").split(" ")
  if (
    !redirects.includes(redirect_uri) ||
    new URL(redirect_uri).hostname !== "127.0.0.1"
  ) {
    throw new OAuthError("invalid_request", "Invalid redirect_uri.")
  }
  const asked = scope.split(" ")
  if (
    !asked.includes("atproto") ||
    asked.some((one) => !scopes.includes(one))
  ) {
    throw new OAuthError("invalid_scope", "Invalid scope.")
  }
}

export const createAuthorizationServer = (state: BlueskyState) => {
  const atServer = createProofs()
  const atHome = createProofs()
  const pushed = new Map<string, PushedRequest>()
  const codes = new Map<string, PushedRequest & { did: string }>()
  let grants: Grant[] = []

  const push = (form: Record<string, string>, jkt: string): Reply => {
    requireClient(form)
    if (
      form.response_type !== "code" ||
      form.code_challenge_method !== "S256"
    ) {
      throw new OAuthError("invalid_request", "Use code, with PKCE S256.")
    }
    if (form.code_challenge?.length !== 43 || !form.state) {
      throw new OAuthError("invalid_request", "code_challenge or state lacks.")
    }
    const request_uri = `urn:ietf:params:oauth:request_uri:${secret("req")}`
    pushed.set(request_uri, { ...form, jkt })
    return jsonReply(201, { request_uri, expires_in: 300 })
  }

  const page = ({ searchParams }: URL): Reply => {
    const uri = searchParams.get("request_uri") ?? ""
    const request = pushed.get(uri)
    const isOwn = request?.client_id === searchParams.get("client_id")
    return request && isOwn
      ? {
          status: 200,
          headers: { "content-type": "text/html; charset=utf-8" },
          body: `<!doctype html><html lang="en"><title>Bluesky (simulated)</title>
<h1>Give access?</h1><p>To the account ${request.login_hint ?? ""}</p>
<form method="post" action="/oauth/authorize"><input type="hidden" name="request_uri" value="${uri}">
<button name="decision" value="approve">Authorize</button> <button name="decision" value="deny">Deny</button></form></html>`,
        }
      : jsonReply(400, {
          error: "invalid_request",
          error_description: "Pushed authorization requests only.",
        })
  }

  const decide = (form: Record<string, string>, issuer: string): Reply => {
    const request = pushed.get(form.request_uri)
    if (!request) {
      throw new OAuthError("invalid_request", "The request has been used.")
    }
    pushed.delete(form.request_uri)
    const account = state.findAccount(form.account ?? request.login_hint ?? "")
    const location = new URL(request.redirect_uri)
    location.searchParams.set("state", request.state)
    location.searchParams.set("iss", issuer)
    if (form.decision !== "approve" || !account) {
      location.searchParams.set("error", "access_denied")
    } else {
      const code = secret("cod")
      codes.set(code, { ...request, did: account.did } as PushedRequest & {
        did: string
      })
      location.searchParams.set("code", code)
    }
    return { status: 303, headers: { location: location.href }, body: "" }
  }

  const tokensOf = (grant: Omit<Grant, "access" | "refresh">): Reply => {
    const access = state.issue({
      did: grant.did,
      use: "access",
      ends: Date.now() + ACCESS_SECONDS * 1000,
    })
    const refresh = secret("ref")
    grants.push({ ...grant, access, refresh })
    return jsonReply(200, {
      access_token: access,
      refresh_token: refresh,
      token_type: "DPoP",
      expires_in: ACCESS_SECONDS,
      ...{ scope: grant.scope, sub: grant.did },
    })
  }

  const exchange = (form: Record<string, string>, jkt: string): Reply => {
    const request = codes.get(form.code)
    codes.delete(form.code)
    const isGood =
      request &&
      request.client_id === form.client_id &&
      request.redirect_uri === form.redirect_uri &&
      request.code_challenge === sha256(form.code_verifier ?? "") &&
      request.jkt === jkt
    if (!isGood) {
      throw new OAuthError("invalid_grant", "The code is not valid.")
    }
    const { did, client_id, scope } = request
    return tokensOf({ did, client_id, scope, jkt })
  }

  const used = new Map<string, Grant>()
  const refresh = (form: Record<string, string>, jkt: string): Reply => {
    const replayed = used.get(form.refresh_token)
    if (replayed) {
      // Somebody has a copy: nobody may go on with it.
      grants = grants.filter(({ did }) => did !== replayed.did)
    }
    const grant = grants.find((one) => one.refresh === form.refresh_token)
    if (!grant || grant.client_id !== form.client_id || grant.jkt !== jkt) {
      throw new OAuthError("invalid_grant", "The refresh token is not valid.")
    }
    used.set(grant.refresh, grant)
    end(grant)
    return tokensOf(grant)
  }

  const end = (grant: Grant): void => {
    grants = grants.filter((one) => one !== grant)
    state.end(grant.access)
  }

  const answer = (request: SimulatorRequest, issuer: string): Reply => {
    const form = Object.fromEntries(
      new URLSearchParams(request.body.toString())
    )
    switch (`${request.method} ${request.url.pathname}`) {
      case "GET /.well-known/oauth-authorization-server":
        return jsonReply(200, {
          issuer,
          authorization_endpoint: `${issuer}/oauth/authorize`,
          token_endpoint: `${issuer}/oauth/token`,
          revocation_endpoint: `${issuer}/oauth/revoke`,
          pushed_authorization_request_endpoint: `${issuer}/oauth/par`,
          require_pushed_authorization_requests: true,
          authorization_response_iss_parameter_supported: true,
          client_id_metadata_document_supported: true,
          code_challenge_methods_supported: ["S256"],
          dpop_signing_alg_values_supported: ["ES256"],
          scopes_supported: ["atproto", "transition:generic"],
          token_endpoint_auth_methods_supported: ["none", "private_key_jwt"],
        })
      case "POST /oauth/par":
        return push(form, atServer.check(request))
      case "GET /oauth/authorize":
        return page(request.url)
      case "POST /oauth/authorize":
        return decide(form, issuer)
      case "POST /oauth/token":
        return form.grant_type === "refresh_token"
          ? refresh(form, atServer.check(request))
          : exchange(form, atServer.check(request))
      case "POST /oauth/revoke": {
        grants
          .filter((one) => [one.access, one.refresh].includes(form.token))
          .forEach(end)
        return jsonReply(200, {})
      }
      default:
        return jsonReply(404, { error: "not_found" })
    }
  }

  return {
    /** Ends the nonces that clients have, at both servers. */
    rotateNonces: () => {
      atServer.rotate()
      atHome.rotate()
    },
    grants: () => grants,
    /** Lets the access tokens of all grants end now. */
    expire: () => grants.forEach(({ access }) => state.expireToken(access)),
    /** A reply where the request is the authorization server's, or about an identity. */
    respond: (
      request: SimulatorRequest,
      issuer: string,
      home: string
    ): Reply | undefined => {
      const { pathname } = request.url
      if (!PATHS.test(pathname)) {
        return undefined
      }
      const account = state.findAccount(pathname.slice(1))
      if (account) {
        return jsonReply(200, didDocOf(account, home))
      }
      if (pathname === "/.well-known/oauth-protected-resource") {
        return jsonReply(200, {
          resource: home,
          authorization_servers: [issuer],
          bearer_methods_supported: ["header"],
        })
      }
      const nonce = { "dpop-nonce": atServer.nonce() }
      try {
        const reply = answer(request, issuer)
        return { ...reply, headers: { ...reply.headers, ...nonce } }
      } catch (error) {
        if (error instanceof OAuthError || error instanceof ProofError) {
          const body = { error: error.code, error_description: error.message }
          return jsonReply(400, body, nonce)
        }
        throw error
      }
    },
    /**
     * Checks who sends a request to the API: a token that is bound to a key comes
     * with a proof of it, and as `DPoP`.
     *
     * @returns the request with the token as any other
     * @throws {XrpcError}
     */
    authenticate: (request: SimulatorRequest): SimulatorRequest => {
      const { authorization = "" } = request.headers
      const [scheme, token = ""] = authorization.split(" ")
      const grant = grants.find(({ access }) => access === token)
      if (scheme !== "DPoP" && !grant) {
        return request
      }
      const challenge = (code: string, message: string) =>
        new XrpcError(401, code, message, {
          "dpop-nonce": atHome.nonce(),
          "www-authenticate": `DPoP algs="ES256", error="${code}", error_description="${message}"`,
        })
      try {
        const jkt = atHome.check(request, token)
        if (scheme !== "DPoP" || grant?.jkt !== jkt) {
          throw challenge("invalid_token", "The token is not valid.")
        }
        state.requireToken(`Bearer ${token}`, "access")
      } catch (error) {
        if (error instanceof ProofError) {
          throw challenge(error.code, error.message)
        }
        throw error instanceof XrpcError && error.status === 400
          ? challenge("invalid_token", error.message)
          : error
      }
      const headers = { ...request.headers, authorization: `Bearer ${token}` }
      return { ...request, headers }
    },
  }
}

export type BlueskyAuthorizationServer = ReturnType<
  typeof createAuthorizationServer
>
