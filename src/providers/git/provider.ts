import type { ProviderDescription, SocialProvider } from "../types"
import { readUser } from "./client"
import { GIT_ERROR_RULES, type GitHost, resolveInstance } from "./host"

/** GitHub refuses requests without one. */
const USER_AGENT = "medusa-plugin-social-platforms"

const describe = (host: GitHost): ProviderDescription => ({
  identifier: host.identifier,
  label: host.label,
  description: host.description,
  category: "other",
  categories: ["other", "authentication"],
  auth_types: ["oauth2", "bearer"],
  credential_fields: [
    {
      name: "client_secret",
      label: "Client secret",
      required: true,
      auth_types: ["oauth2"],
      help: `From the application's registration at ${host.label}.`,
    },
    {
      name: "access_token",
      label: "Personal access token",
      required: true,
      auth_types: ["bearer"],
      help: host.token_help,
    },
  ],
  setting_fields: [
    {
      name: "instance_url",
      label: "Address of the instance",
      required: !host.public_instance,
      input: "url",
      help: host.instance_help,
      ...(host.public_instance && { default: host.public_instance }),
    },
    {
      name: "client_id",
      label: "Client ID",
      required: true,
      input: "text",
      auth_types: ["oauth2"],
    },
  ],
  docs_url: host.docs_url,
  oauth2: {
    scopes: host.scopes,
    // Where the host issues tokens without an end, there is none to refresh with.
    refresh: { strategy: "refresh_token", min_ttl_seconds: 600 },
    server: (settings) => {
      const {
        web: _web,
        api: _api,
        ...server
      } = resolveInstance(host, settings)
      return {
        ...server,
        client_auth: "client_secret_post",
        pkce: true,
        scope_separator: " ",
        ...(host.token_refusals && { token_refusals: host.token_refusals }),
        ...(host.normalizeTokenResponse && {
          normalize_token_response: host.normalizeTokenResponse,
        }),
      }
    },
  },
  api: {
    base_address: (settings) => resolveInstance(host, settings).api,
    headers: () => ({ ...host.headers, "user-agent": USER_AGENT }),
    read_error: (body, response) => {
      if (response.ok) {
        return undefined
      }
      // GitLab's rate limit answers with plain text.
      return body || response.status === 429
        ? host.readError(body ?? {}, response)
        : null
    },
  },
  error_rules: GIT_ERROR_RULES,
})

/**
 * Makes the provider of one kind of Git host.
 *
 * @param host - what is particular about it
 */
export const gitProvider = (host: GitHost): SocialProvider => ({
  description: describe(host),
  verify: async (context) => {
    const { name, username, email } = await readUser(host, context)
    const known = [`@${username}`, email].filter(Boolean).join(", ")
    return name
      ? `The credentials belong to ${name} (${known}).`
      : `The credentials belong to ${known}.`
  },
  fetchProfile: async (context) => {
    const user = await readUser(host, context)
    return { ...user, name: user.name ?? user.username, followers: null }
  },
})
