import type { TokenRefusals } from "../../oauth/types"
import type { ParsedServiceError } from "../../http/classify"
import { type GitHost, textOf } from "./host"
import { gitProvider } from "./provider"

/** GitHub's names for what RFC 6749, section 5.2, has names for. */
const REFUSALS: TokenRefusals["codes"] = {
  bad_verification_code: "invalid_grant",
  bad_refresh_token: "invalid_grant",
  incorrect_client_credentials: "invalid_client",
  redirect_uri_mismatch: "invalid_request",
  application_suspended: "unauthorized_client",
  unverified_user_email: "access_denied",
}

const PUBLIC_INSTANCE = "https://github.com"

/** The API has a host of its own on github.com and ghe.com, and a path on GitHub Enterprise Server. */
const apiAddress = (web: string): string => {
  const { hostname } = new URL(web)
  return web === PUBLIC_INSTANCE || hostname.endsWith(".ghe.com")
    ? `https://api.${hostname}`
    : `${web}/api/v3`
}

/** GitHub says "wait" with 403 as well as with 429. */
const readError = (
  body: Record<string, unknown>,
  { status, headers }: Response
): ParsedServiceError => {
  const message = textOf(body.message) ?? undefined
  const isLimit =
    status === 429 ||
    (status === 403 &&
      (headers.get("x-ratelimit-remaining") === "0" ||
        headers.has("retry-after") ||
        /secondary rate limit/i.test(message ?? "")))
  return { code: isLimit ? "rate_limited" : `http_${status}`, message }
}

const github: GitHost = {
  identifier: "github",
  label: "GitHub",
  description:
    "Connects a GitHub account, on github.com or on GitHub Enterprise, and keeps its token fresh.",
  docs_url: "https://docs.github.com/en/apps",
  public_instance: PUBLIC_INSTANCE,
  instance_help:
    "Only for GitHub Enterprise: for example https://github.example.com.",
  token_help:
    "From GitHub: Settings, Developer settings, Personal access tokens.",
  scopes: ["repo", "read:user", "user:email"],
  instance: (web) => ({
    web,
    api: apiAddress(web),
    authorization_endpoint: `${web}/login/oauth/authorize`,
    token_endpoint: `${web}/login/oauth/access_token`,
    // What its responses name since 2026; an Enterprise Server's are not documented.
    ...(web === PUBLIC_INSTANCE && { issuer: `${web}/login/oauth` }),
  }),
  headers: {
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
  },
  readUser: (body) => ({
    id: String(body.id ?? ""),
    username: String(body.login ?? ""),
    name: textOf(body.name),
    email: textOf(body.email),
    avatar_url: textOf(body.avatar_url),
    url: textOf(body.html_url),
  }),
  emails_path: "/user/emails",
  readError,
  token_refusals: { codes: REFUSALS },
}

/** Connects to github.com, ghe.com and GitHub Enterprise Server. */
export const githubProvider = gitProvider(github)
