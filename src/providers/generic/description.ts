import { PLATFORM_CATEGORIES } from "../../shared/enums"
import type { RequestAuthentication } from "../api-description"
import type { ProviderDescription, ProviderSettings } from "../types"
import { GENERIC_API, PROBE_SETTING } from "./shared"

const text = (value: unknown): string =>
  typeof value === "string" ? value.trim() : ""

/** Where the key goes: in the query where its settings name a parameter, or else in a header. */
const keyPlace = (settings: ProviderSettings): RequestAuthentication => {
  const credential = "api_key"
  const parameter = text(settings.api_key_parameter)
  if (parameter) {
    return { in: "query", name: encodeURIComponent(parameter), credential }
  }
  return {
    in: "header",
    name: text(settings.api_key_header) || "authorization",
    prefix: text(settings.api_key_prefix) || undefined,
    credential,
  }
}

/** Any service that takes an API key, a bearer token or a user name with password. */
export const genericDescription: ProviderDescription = {
  identifier: "generic",
  label: "Any service with a key",
  description:
    "Keeps the API key, bearer token or login of any service, and checks it with an address of your choice.",
  category: "other",
  categories: PLATFORM_CATEGORIES,
  auth_types: ["api_key", "bearer", "basic"],
  credential_fields: [
    {
      name: "api_key",
      label: "API key",
      required: true,
      auth_types: ["api_key"],
    },
    {
      name: "access_token",
      label: "Bearer token",
      required: true,
      auth_types: ["bearer"],
    },
    {
      name: "password",
      label: "Password",
      required: true,
      auth_types: ["basic"],
    },
    {
      name: "webhook_secret",
      label: "Webhook secret",
      required: false,
      help: "If the service signs its webhooks.",
    },
  ],
  setting_fields: [
    {
      name: "username",
      label: "User name",
      required: true,
      input: "text",
      auth_types: ["basic"],
    },
    PROBE_SETTING,
    {
      name: "api_key_header",
      label: "Header that carries the API key",
      required: false,
      input: "text",
      default: "Authorization",
      auth_types: ["api_key"],
    },
    {
      name: "api_key_prefix",
      label: "Word before the API key",
      required: false,
      input: "text",
      help: "For example ShippoToken. Leave it empty if the header is the key alone.",
      auth_types: ["api_key"],
    },
    {
      name: "api_key_parameter",
      label: "Query parameter that carries the API key",
      required: false,
      input: "text",
      help: "Only for a service that takes its key in the address, for example key.",
      auth_types: ["api_key"],
    },
  ],
  api: {
    ...GENERIC_API,
    authentication: (authType, settings) =>
      authType === "api_key" ? keyPlace(settings) : undefined,
  },
}
