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
  /** Kinds of tokens that cannot be revoked for now. */
  unrevocable: string[]
  /** What an authorization response has as `iss`; null where it has none. */
  issuer: string | null
  /** Redirect URIs of the application's registration; null where any will do. */
  redirect_uris: string[] | null
  /** Whether GitHub keeps the address out of the public profile. */
  private_email: boolean
  /** Whether the token may read private addresses. */
  email_scope: boolean
}

interface Dialect {
  oauth: string
  token: string
  user: string
  /** Before an access token's and before a refresh token's random part. */
  prefixes: [string, string]
  issuer: string | null
  /** How the token endpoint says what is wrong. */
  refuse: (problem: "client" | "code" | "refresh" | "reused") => Answer
  unauthorized: Answer
  toUser: (state: GitHostState) => object
}

const initialState = ({ issuer }: Dialect): GitHostState => ({
  client_id: "git-client",
  client_secret: "git-client-secret-77",
  expires_in: 28_800,
  issuer,
  redirect_uris: null,
  unrevocable: [],
  private_email: false,
  email_scope: true,
})

const refusal = (
  status: number,
  error: string,
  error_description: string
): Answer => ({ status, body: { error, error_description } })

/** Doorkeeper, which is GitLab's, repeats every refusal in a challenge. */
const doorkeeperRefusal = (
  status: number,
  error: string,
  description: string
): Answer => ({
  ...refusal(status, error, description),
  headers: {
    "www-authenticate": `Bearer realm="Doorkeeper", error="${error}", error_description="${description}"`,
    "cache-control": "no-store",
  },
})

const NOT_FOUND: Answer = { status: 404, body: { message: "Not Found" } }

const EMAIL = "ada@example.com"

const DIALECTS: Record<GitHostKind, Dialect> = {
  github: {
    oauth: "/login/oauth",
    token: "access_token",
    user: "/api/v3/user",
    prefixes: ["ghu_", "ghr_"],
    issuer: "https://github.com/login/oauth",
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
    prefixes: ["", ""],
    issuer: null,
    refuse: (problem) =>
      problem === "client"
        ? doorkeeperRefusal(
            401,
            "invalid_client",
            "Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method."
          )
        : doorkeeperRefusal(
            400,
            "invalid_grant",
            "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client."
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
    prefixes: ["", ""],
    issuer: null,
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

/** GitHub writes a form unless it is asked for JSON. */
const inAskedForm = (
  kind: GitHostKind,
  answer: Answer,
  { accept }: IncomingHttpHeaders
): Answer =>
  kind === "github" && !accept?.includes("application/json")
    ? {
        ...answer,
        body: String(
          new URLSearchParams(answer.body as Record<string, string>)
        ),
        headers: { "content-type": "application/x-www-form-urlencoded" },
      }
    : answer

/** Stands in for an instance of a Git host: consent, tokens and the user's own data. */
export const startGitHost = async (
  kind: GitHostKind
): Promise<GitHostServer> => {
  const dialect = DIALECTS[kind]
  const state = initialState(dialect)
  const access = new Map<string, number>()
  const refresh = new Set<string>()
  const used = new Set<string>()
  const codes = new Map<
    string,
    { challenge: string | null; redirect_uri: string | null }
  >()

  const grant = () => {
    const [access_token, refresh_token] = dialect.prefixes.map(secret)
    const pair = { access_token, refresh_token }
    access.set(
      pair.access_token,
      state.expires_in === null
        ? Infinity
        : Date.now() + state.expires_in * 1000
    )
    refresh.add(pair.refresh_token)
    return pair
  }

  /** What each kind says beside the tokens. */
  const particulars = (): object => {
    switch (kind) {
      case "github":
        return {
          ...(state.expires_in !== null && {
            refresh_token_expires_in: 15_897_600,
          }),
          scope: "",
        }
      case "gitlab":
        return {
          scope: "read_user",
          created_at: Math.floor(Date.now() / 1000),
        }
      case "gitea":
        return {}
    }
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
        ...particulars(),
      },
    }
  }

  const consent = (query: URLSearchParams): Answer => {
    const redirect_uri = query.get("redirect_uri")
    if (
      state.redirect_uris &&
      !state.redirect_uris.includes(redirect_uri ?? "")
    ) {
      return { status: 400, body: "The redirect URI is not registered." }
    }
    const code = secret("c")
    codes.set(code, { challenge: query.get("code_challenge"), redirect_uri })
    const response = new URLSearchParams({
      code,
      state: query.get("state") ?? "",
      ...(state.issuer !== null && { iss: state.issuer }),
    })
    return {
      status: 302,
      body: {},
      headers: { location: `${redirect_uri}?${response}` },
    }
  }

  const isRegistered = (form: URLSearchParams): boolean =>
    form.get("client_id") === state.client_id &&
    form.get("client_secret") === state.client_secret

  const token = (form: URLSearchParams): Answer => {
    if (!isRegistered(form)) {
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
    const asked = codes.get(code)
    codes.delete(code)
    return asked &&
      asked.redirect_uri === form.get("redirect_uri") &&
      isProven(asked.challenge, form.get("code_verifier"))
      ? granted()
      : dialect.refuse("code")
  }

  /** RFC 7009, as Doorkeeper does it: an unknown token is no failure. */
  const revoke = (form: URLSearchParams): Answer => {
    if (!isRegistered(form)) {
      return {
        status: 403,
        body: {
          error: "unauthorized_client",
          error_description: "You are not authorized to revoke this token",
        },
      }
    }
    if (state.unrevocable.includes(form.get("token_type_hint") ?? "")) {
      return { status: 503, body: "<html>Deploy in progress</html>" }
    }
    const presented = form.get("token") ?? ""
    access.delete(presented)
    refresh.delete(presented)
    return { status: 200, body: {} }
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
        return inAskedForm(kind, token(form), headers)
      case "POST /oauth/revoke":
        return revoke(form)
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
      Object.assign(state, initialState(dialect))
    },
  }
}
