import { randomBytes } from "node:crypto"
import type { IncomingHttpHeaders } from "node:http"
import {
  type Answer,
  type FakeService,
  isProven,
  type ServiceRequest,
  startFakeService,
} from "./fake-service"

export type GitHostKind = "github" | "gitlab" | "gitea"

/** Its `url` is what a platform has as `instance_url`. */
export interface GitHostServer extends FakeService {
  state: GitHostState
  /** Gives a pair of tokens as if a person had just consented. */
  grant: () => { access_token: string; refresh_token: string }
  /** Ends an access token's life. */
  expire: (accessToken: string) => void
  /** Withdraws every consent: no token works any more. */
  withdraw: () => void
}

export interface GitHostState {
  client_id: string
  client_secret: string
  /** In s. Null for tokens that do not end, which come without a refresh token. */
  expires_in: number | null
  /** Whether GitHub keeps the address out of the public profile. */
  private_email: boolean
  /** Whether the token may read private addresses. */
  email_scope: boolean
}

interface Dialect {
  oauth: string
  token: string
  user: string
  /** How the token endpoint says what is wrong. */
  refuse: (problem: "client" | "code" | "refresh" | "reused") => Answer
  unauthorized: Answer
  toUser: (state: GitHostState) => object
}

const initialState = (): GitHostState => ({
  client_id: "git-client",
  client_secret: "git-client-secret-77",
  expires_in: 28_800,
  private_email: false,
  email_scope: true,
})

const refusal = (
  status: number,
  error: string,
  error_description: string
): Answer => ({ status, body: { error, error_description } })

const NOT_FOUND: Answer = { status: 404, body: { message: "Not Found" } }

const EMAIL = "ada@example.com"

const DIALECTS: Record<GitHostKind, Dialect> = {
  github: {
    oauth: "/login/oauth",
    token: "access_token",
    user: "/api/v3/user",
    // GitHub refuses with HTTP 200 and with names of its own.
    refuse: (problem) => {
      const codes = {
        client: "incorrect_client_credentials",
        code: "bad_verification_code",
      }
      const code = problem in codes && codes[problem as keyof typeof codes]
      return refusal(
        200,
        code || "bad_refresh_token",
        "The request was refused."
      )
    },
    unauthorized: {
      status: 401,
      body: {
        message: "Bad credentials",
        documentation_url: "https://docs.github.com/rest",
        status: "401",
      },
    },
    toUser: ({ private_email }) => ({
      login: "ada",
      id: 17,
      name: "Ada Lovelace",
      email: private_email ? null : EMAIL,
      avatar_url: "https://avatars.example/17",
      html_url: "https://github.example/ada",
    }),
  },
  gitlab: {
    oauth: "/oauth",
    token: "token",
    user: "/api/v4/user",
    refuse: (problem) =>
      problem === "client"
        ? refusal(401, "invalid_client", "Client authentication failed.")
        : refusal(
            400,
            "invalid_grant",
            "The provided authorization grant is invalid."
          ),
    unauthorized: refusal(
      401,
      "invalid_token",
      "Token was revoked. You have to re-authorize from the user."
    ),
    toUser: () => ({
      id: 17,
      username: "ada",
      name: "Ada Lovelace",
      state: "active",
      email: EMAIL,
      avatar_url: null,
      web_url: "https://gitlab.example/ada",
    }),
  },
  gitea: {
    oauth: "/login/oauth",
    token: "access_token",
    user: "/api/v1/user",
    // Gitea blames the client for most of what is wrong with a grant.
    refuse: (problem) =>
      ({
        client: refusal(400, "invalid_client", "invalid client secret"),
        code: refusal(400, "unauthorized_client", "client is not authorized"),
        refresh: refusal(
          400,
          "unauthorized_client",
          "unable to parse refresh token"
        ),
        reused: refusal(400, "unauthorized_client", "token was already used"),
      })[problem],
    unauthorized: { status: 401, body: { message: "token is required" } },
    toUser: () => ({
      id: 17,
      login: "ada",
      full_name: "",
      email: EMAIL,
      avatar_url: "https://gitea.example/avatars/17",
      html_url: "https://gitea.example/ada",
    }),
  },
}

const secret = (prefix: string): string =>
  prefix + randomBytes(18).toString("base64url")

/** Stands in for an instance of a Git host: consent, tokens and the user's own data. */
export const startGitHost = async (
  kind: GitHostKind
): Promise<GitHostServer> => {
  const dialect = DIALECTS[kind]
  const state = initialState()
  const access = new Map<string, number>()
  const refresh = new Set<string>()
  const used = new Set<string>()
  const codes = new Map<string, string | null>()

  const grant = () => {
    const pair = { access_token: secret("gho_"), refresh_token: secret("ghr_") }
    access.set(
      pair.access_token,
      state.expires_in === null
        ? Infinity
        : Date.now() + state.expires_in * 1000
    )
    refresh.add(pair.refresh_token)
    return pair
  }

  const granted = (): Answer => {
    const { access_token, refresh_token } = grant()
    const { expires_in } = state
    return {
      status: 200,
      body: {
        access_token,
        token_type: "bearer",
        ...(expires_in !== null && { refresh_token, expires_in }),
        ...(kind !== "gitea" && { scope: "read_user" }),
      },
    }
  }

  const consent = (query: URLSearchParams): Answer => {
    const code = secret("c")
    codes.set(code, query.get("code_challenge"))
    const answer = new URLSearchParams({
      code,
      state: query.get("state") ?? "",
    })
    const location = `${query.get("redirect_uri")}?${answer}`
    return { status: 302, body: {}, headers: { location } }
  }

  const token = (form: URLSearchParams): Answer => {
    if (
      form.get("client_id") !== state.client_id ||
      form.get("client_secret") !== state.client_secret
    ) {
      return dialect.refuse("client")
    }
    if (form.get("grant_type") === "refresh_token") {
      const presented = form.get("refresh_token") ?? ""
      if (refresh.delete(presented)) {
        used.add(presented)
        return granted()
      }
      return dialect.refuse(used.has(presented) ? "reused" : "refresh")
    }
    const code = form.get("code") ?? ""
    const challenge = codes.get(code) ?? null
    return codes.delete(code) && isProven(challenge, form.get("code_verifier"))
      ? granted()
      : dialect.refuse("code")
  }

  const readAs = (headers: IncomingHttpHeaders, body: object): Answer => {
    if (kind === "github" && !headers["user-agent"]) {
      return { status: 403, body: "Request forbidden by administrative rules." }
    }
    const bearer = (headers.authorization ?? "").replace(/^Bearer /, "")
    return (access.get(bearer) ?? 0) > Date.now()
      ? { status: 200, body }
      : dialect.unauthorized
  }

  const emails = (headers: IncomingHttpHeaders): Answer =>
    state.email_scope
      ? readAs(headers, [
          { email: "old@example.com", primary: false, verified: true },
          { email: EMAIL, primary: true, verified: true },
        ])
      : NOT_FOUND

  const route = ({
    method,
    path,
    query,
    form,
    headers,
  }: ServiceRequest): Answer => {
    switch (`${method} ${path}`) {
      case `GET ${dialect.oauth}/authorize`:
        return consent(query)
      case `POST ${dialect.oauth}/${dialect.token}`:
        return token(form)
      case `GET ${dialect.user}`:
        return readAs(headers, dialect.toUser(state))
      case "GET /api/v3/user/emails":
        return emails(headers)
      default:
        return NOT_FOUND
    }
  }
  const service = await startFakeService(route)

  const withdraw = () => {
    access.clear()
    refresh.clear()
  }

  return {
    ...service,
    state,
    grant,
    expire: (accessToken) => {
      access.delete(accessToken)
    },
    withdraw,
    reset: () => {
      service.reset()
      codes.clear()
      used.clear()
      withdraw()
      Object.assign(state, initialState())
    },
  }
}
