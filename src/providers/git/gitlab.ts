import { type GitHost, textOf } from "./host"
import { gitProvider } from "./provider"

const gitlab: GitHost = {
  identifier: "gitlab",
  label: "GitLab",
  description:
    "Connects a GitLab account, on gitlab.com or on your own instance, and keeps its token fresh.",
  docs_url: "https://docs.gitlab.com/api/oauth2/",
  public_instance: "https://gitlab.com",
  instance_help:
    "Only for an instance of your own: for example https://gitlab.example.com.",
  token_help: "From GitLab: User settings, Access tokens.",
  scopes: ["read_user", "read_api", "read_repository", "write_repository"],
  instance: (web) => ({
    web,
    api: `${web}/api/v4`,
    authorization_endpoint: `${web}/oauth/authorize`,
    token_endpoint: `${web}/oauth/token`,
    revocation_endpoint: `${web}/oauth/revoke`,
  }),
  headers: { accept: "application/json" },
  readUser: (body) => ({
    id: String(body.id ?? ""),
    username: String(body.username ?? ""),
    name: textOf(body.name),
    email: textOf(body.email),
    avatar_url: textOf(body.avatar_url),
    url: textOf(body.web_url),
  }),
  // `{ error, error_description }` about the token, `{ message }` about all else.
  readError: (body, { status }) => ({
    code: textOf(body.error) ?? `http_${status}`,
    message:
      textOf(body.error_description) ?? textOf(body.message) ?? undefined,
  }),
}

/** Connects to gitlab.com and to self-managed GitLab. */
export const gitlabProvider = gitProvider(gitlab)
