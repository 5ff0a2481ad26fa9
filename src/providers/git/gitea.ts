import { type GitHost, textOf } from "./host"
import { gitProvider } from "./provider"

/** What Gitea explains with `unauthorized_client` although the client is fine and the grant is not. */
const DEAD_GRANT =
  /token was already used|unable to parse refresh token|client is not authorized|failed PKCE/i

const gitea: GitHost = {
  identifier: "gitea",
  label: "Gitea",
  description:
    "Connects an account on your Gitea or Forgejo instance and keeps its token fresh.",
  docs_url: "https://docs.gitea.com/development/oauth2-provider",
  instance_help: "For example https://git.example.com.",
  token_help: "From Gitea: Settings, Applications, Manage access tokens.",
  scopes: ["read:user", "write:repository"],
  instance: (web) => ({
    web,
    api: `${web}/api/v1`,
    authorization_endpoint: `${web}/login/oauth/authorize`,
    token_endpoint: `${web}/login/oauth/access_token`,
  }),
  headers: { accept: "application/json" },
  readUser: (body) => ({
    id: String(body.id ?? ""),
    username: String(body.login ?? ""),
    name: textOf(body.full_name),
    email: textOf(body.email),
    avatar_url: textOf(body.avatar_url),
    url: textOf(body.html_url),
  }),
  readError: (body, { status }) => ({
    code: `http_${status}`,
    message: textOf(body.message) ?? undefined,
  }),
  normalizeTokenResponse: (body) =>
    body.error === "unauthorized_client" &&
    DEAD_GRANT.test(String(body.error_description ?? ""))
      ? { ...body, error: "invalid_grant" }
      : body,
}

/** Connects to self-hosted Gitea, and to Forgejo, which has the same API. */
export const giteaProvider = gitProvider(gitea)
