import { GOOGLE_ERROR_CODES, GOOGLE_ERROR_RULES } from "../google/errors"
import { googleAuthentication } from "./support/google"
import type { ServiceTemplate } from "./support/types"

export const ANALYTICS_TEMPLATES: readonly ServiceTemplate[] = [
  {
    identifier: "google_analytics",
    label: "Google Analytics",
    description: "Reports of Google Analytics properties.",
    category: "analytics",
    docs_url:
      "https://developers.google.com/analytics/devguides/config/admin/v1",
    api: "https://analyticsadmin.googleapis.com",
    authentication: [googleAuthentication(["analytics.readonly"])],
    probe: {
      path: "/v1beta/accountSummaries?pageSize=1",
      account: ["accountSummaries.0.displayName"],
    },
    error_codes: GOOGLE_ERROR_CODES,
    error_rules: GOOGLE_ERROR_RULES,
  },
  {
    identifier: "segment",
    label: "Segment",
    description: "Sources and destinations of a Segment workspace.",
    category: "analytics",
    docs_url: "https://docs.segmentapis.com/",
    api: "https://{region}api.segmentapis.com",
    settings: [
      {
        name: "region",
        label: "Region",
        options: ["us", "eu"],
        default: "us",
        inserts: { us: "", eu: "eu1." },
      },
    ],
    authentication: [
      { type: "bearer", label: "Public API token" },
      {
        type: "oauth2",
        authorization_endpoint: "https://id.segmentapis.com/oauth2/auth",
        token_endpoint: "https://id.segmentapis.com/oauth2/token",
        client_auth: "client_secret_basic",
        scopes: ["workspace:read"],
      },
    ],
    probe: { path: "/", account: ["data.workspace.name"] },
    error_codes: ["errors.0.type"],
  },
  {
    identifier: "mixpanel",
    label: "Mixpanel",
    description: "Reports and exports of Mixpanel, with a service account.",
    category: "analytics",
    docs_url: "https://developer.mixpanel.com/reference/service-accounts",
    api: "https://{region}mixpanel.com",
    settings: [
      {
        name: "region",
        label: "Data residency",
        options: ["us", "eu", "in"],
        default: "us",
        inserts: { us: "", eu: "eu.", in: "in." },
      },
    ],
    authentication: [
      {
        type: "basic",
        user: {
          setting: { name: "username", label: "Service account user name" },
        },
        password: {
          credential: { name: "password", label: "Service account secret" },
        },
      },
    ],
    probe: {
      path: "/api/app/me",
      account: ["results.user_name", "results.user_email"],
    },
  },
  {
    identifier: "amplitude",
    label: "Amplitude",
    description: "Events and charts of an Amplitude project.",
    category: "analytics",
    docs_url: "https://amplitude.com/docs/apis/authentication",
    api: "https://{region}amplitude.com",
    settings: [
      {
        name: "region",
        label: "Data residency",
        options: ["us", "eu"],
        default: "us",
        inserts: { us: "", eu: "analytics.eu." },
      },
    ],
    authentication: [
      {
        type: "basic",
        user: { credential: { name: "api_key", label: "API key" } },
        password: { credential: { name: "secret_key", label: "Secret key" } },
      },
    ],
    probe: { path: "/api/2/events/list" },
  },
  {
    identifier: "posthog",
    label: "PostHog",
    description: "Insights and feature flags of PostHog.",
    category: "analytics",
    docs_url: "https://posthog.com/docs/api",
    api: "https://{region}.posthog.com",
    settings: [
      {
        name: "region",
        label: "Region",
        help: "Of PostHog Cloud. For your own server enter its base URL instead.",
        options: ["us", "eu"],
        default: "us",
      },
    ],
    authentication: [
      {
        type: "bearer",
        label: "Personal API key",
        help: "It starts with phx_ and needs the scope user:read.",
      },
    ],
    probe: {
      path: "/api/users/@me/",
      account: ["organization.name", "email"],
    },
    error_codes: ["code", "type"],
  },
]
