import type {
  OAuth1Server,
  OAuth1SignatureMethod,
} from "../../oauth/oauth1/types"
import { PLATFORM_CATEGORIES } from "../../shared/enums"
import type { ProviderSettings, SocialProvider } from "../types"
import { GENERIC_API, PROBE_SETTING } from "./shared"
import { verifyByProbe } from "./verify"

const SIGNATURE_METHODS: OAuth1SignatureMethod[] = [
  "HMAC-SHA1",
  "HMAC-SHA256",
  "RSA-SHA1",
  "PLAINTEXT",
]

const server = (settings: ProviderSettings): OAuth1Server => ({
  request_token_endpoint: String(settings.request_token_endpoint ?? ""),
  authorization_endpoint: String(settings.authorization_endpoint ?? ""),
  access_token_endpoint: String(settings.access_token_endpoint ?? ""),
  signature_method:
    SIGNATURE_METHODS.find((method) => method === settings.signature_method) ??
    "HMAC-SHA1",
  ...(typeof settings.realm === "string" &&
    settings.realm && { realm: settings.realm }),
})

/** Any service with OAuth 1.0a (RFC 5849). */
export const genericOAuth1Provider: SocialProvider = {
  description: {
    identifier: "generic_oauth1",
    label: "Any service with OAuth 1.0a",
    description:
      "Connects to any service with OAuth 1.0a, and signs every request.",
    category: "other",
    categories: PLATFORM_CATEGORIES,
    auth_types: ["oauth1"],
    credential_fields: [
      { name: "consumer_secret", label: "Consumer secret", required: true },
      {
        name: "private_key",
        label: "Private key",
        required: false,
        help: "PEM of the RSA key, for the signature method RSA-SHA1 alone.",
      },
    ],
    setting_fields: [
      {
        name: "consumer_key",
        label: "Consumer key",
        required: true,
        input: "text",
      },
      {
        name: "request_token_endpoint",
        label: "Request token endpoint",
        required: true,
        input: "url",
      },
      {
        name: "authorization_endpoint",
        label: "Authorization page",
        required: true,
        input: "url",
      },
      {
        name: "access_token_endpoint",
        label: "Access token endpoint",
        required: true,
        input: "url",
      },
      {
        name: "signature_method",
        label: "Signature method",
        required: false,
        input: "select",
        options: SIGNATURE_METHODS,
        default: "HMAC-SHA1",
      },
      { name: "realm", label: "Realm", required: false, input: "text" },
      PROBE_SETTING,
    ],
    oauth1: { server },
    api: GENERIC_API,
  },
  verify: verifyByProbe,
}
