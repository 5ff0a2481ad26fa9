import type { OAuth2Server, TokenSet } from "../../oauth/types"
import type {
  CredentialField,
  ProviderContext,
  ProviderDescription,
  ProviderSettings,
  RemoteProfile,
  SettingField,
} from "../types"
import { META_PUBLISHING_ERROR_RULES } from "./error-rules"
import {
  addressField,
  FACEBOOK_HOST,
  graphAddress,
  graphOf,
  graphVersionField,
  malformed,
  META_SERVICE,
  readGraphError,
  scopesField,
} from "./graph"
import {
  CLIENT,
  EXCHANGE_AHEAD_SECONDS,
  exchangeFacebookToken,
  missingInWords,
  requireScopes,
  standardTokenAnswer,
} from "./tokens"
import { readTokenFacts } from "./token-facts"
import type { Verification } from "../verification"

/*
 * The login with Facebook, by which pages and the Instagram accounts that are
 * linked with them are reached.
 */

const CREDENTIAL_FIELDS: readonly CredentialField[] = [
  {
    name: "client_secret",
    label: "App secret",
    required: true,
    help: "On the same page as the app ID.",
  },
]

const SETTING_FIELDS: readonly SettingField[] = [
  {
    name: "client_id",
    label: "App ID",
    required: true,
    input: "text",
    help: "At Meta for Developers: your app, App settings, Basic.",
  },
  scopesField,
  graphVersionField(FACEBOOK_HOST),
  addressField,
]

const serverOf = (settings: ProviderSettings): OAuth2Server => {
  const api = graphAddress()(settings)
  const login = settings.base_url
    ? api
    : api.replace("https://graph.", "https://www.")
  return {
    authorization_endpoint: `${login}/dialog/oauth`,
    token_endpoint: `${api}/oauth/access_token`,
    client_auth: "client_secret_post",
    pkce: false,
    scope_separator: ",",
    normalize_token_response: standardTokenAnswer,
  }
}

/** What all that is connected by the login with Facebook has in common. */
export const facebookLogin = (scopes: readonly string[]) =>
  ({
    category: "social",
    categories: ["social"],
    auth_types: ["oauth2"],
    credential_fields: CREDENTIAL_FIELDS,
    setting_fields: SETTING_FIELDS,
    oauth2: {
      scopes,
      refresh: {
        strategy: "exchange_current_token",
        min_ttl_seconds: EXCHANGE_AHEAD_SECONDS,
      },
      server: serverOf,
    },
    api: {
      service: META_SERVICE,
      base_address: graphAddress(),
      read_error: readGraphError,
    },
    error_rules: META_PUBLISHING_ERROR_RULES,
  }) satisfies Partial<ProviderDescription>

/** The Graph API in the name of whom the token belongs to, with the proof of the app's secret. */
export const facebookGraph = (context: ProviderContext) =>
  graphOf(context, CLIENT.secret)

/**
 * Keeps a token of sixty days in place of the granted one.
 *
 * @param needed - scopes without which nothing can be published
 */
export const extendFacebookGrant =
  (needed: readonly string[]) =>
  async (context: ProviderContext): Promise<TokenSet> => {
    const tokens = await exchangeFacebookToken(context)
    requireScopes(META_SERVICE, needed, tokens.scopes)
    return tokens
  }

/** Tells whom the token belongs to, until when, and what it was not granted. */
export const verifyFacebookToken =
  (scopes: readonly string[]) =>
  async (context: ProviderContext): Promise<string | Verification> => {
    const { name } = await facebookGraph(context).get<{ name?: string }>(
      "/me",
      { fields: "id,name" }
    )
    const facts = await readTokenFacts(context, CLIENT)
    const message = `The token belongs to ${name ?? "somebody at Facebook"}.`
    return facts
      ? {
          message: `${message}${missingInWords(scopes, facts.scopes)}`,
          token_expires_at: facts.expires_at,
          granted_scopes: facts.scopes,
        }
      : message
  }

/** Whom the token belongs to: when they remove the app, Meta names them by this id. */
export const fetchFacebookPerson = async (
  context: ProviderContext
): Promise<RemoteProfile> => {
  const { id, name } = await facebookGraph(context).get<{
    id?: string
    name?: string
  }>("/me", { fields: "id,name" })
  if (!id) {
    throw malformed(META_SERVICE, "an id")
  }
  return {
    id,
    name: name ?? id,
    username: null,
    avatar_url: null,
    url: null,
    followers: null,
  }
}

/** Takes back all that was granted to the app. */
export const revokeFacebookGrant = (context: ProviderContext): Promise<void> =>
  facebookGraph(context).remove("/me/permissions")
