import { GOOGLE_ERROR_CODES, GOOGLE_ERROR_RULES } from "../google/errors"
import { googleAuthentication } from "./support/google"
import type { ServiceTemplate } from "./support/types"

export const STORAGE_TEMPLATES: readonly ServiceTemplate[] = [
  {
    identifier: "dropbox",
    label: "Dropbox",
    description: "Files of a Dropbox account.",
    category: "storage",
    docs_url: "https://developers.dropbox.com/oauth-guide",
    api: "https://api.dropboxapi.com",
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint: "https://www.dropbox.com/oauth2/authorize",
        token_endpoint: "https://api.dropboxapi.com/oauth2/token",
        scopes: ["account_info.read", "files.content.read"],
        // Without it there is no refresh token.
        authorization_parameters: { token_access_type: "offline" },
      },
    ],
    probe: {
      path: "/2/users/get_current_account",
      method: "POST",
      account: ["name.display_name", "email"],
    },
    error_codes: ["error_summary"],
    error_rules: [
      { code: /^expired_access_token/, errorClass: "token_expired" },
      { code: /^invalid_access_token/, errorClass: "token_invalid" },
      { code: /^missing_scope/, errorClass: "permission" },
      {
        code: /^(?:user_suspended|invalid_select_user|invalid_select_admin)/,
        errorClass: "account_restricted",
      },
      { code: /^too_many_/, errorClass: "rate_limited" },
    ],
  },
  {
    identifier: "box",
    label: "Box",
    description: "Files of a Box account.",
    category: "storage",
    docs_url: "https://developer.box.com/guides/authentication/oauth2/",
    api: "https://api.box.com",
    authentication: [
      {
        type: "oauth2",
        authorization_endpoint: "https://account.box.com/api/oauth2/authorize",
        token_endpoint: "https://api.box.com/oauth2/token",
        // The application's registration decides.
        scopes: [],
        // Refresh tokens are used once, and die after 60 days without use.
        refresh: { strategy: "refresh_token", keep_alive_seconds: 2_592_000 },
      },
    ],
    probe: { path: "/2.0/users/me", account: ["name", "login"] },
    error_rules: [
      { code: "insufficient_scope", errorClass: "permission" },
      { code: "account_deactivated", errorClass: "account_restricted" },
    ],
  },
  {
    identifier: "google_drive",
    label: "Google Drive",
    description: "Files of a Google Drive that this application has made.",
    category: "storage",
    docs_url:
      "https://developers.google.com/workspace/drive/api/guides/about-sdk",
    api: "https://www.googleapis.com",
    authentication: [googleAuthentication(["drive.file"])],
    probe: {
      path: "/drive/v3/about?fields=user",
      account: ["user.displayName", "user.emailAddress"],
    },
    error_codes: GOOGLE_ERROR_CODES,
    error_rules: GOOGLE_ERROR_RULES,
  },
  {
    identifier: "google_cloud_storage",
    label: "Google Cloud Storage",
    description: "Buckets of a Google Cloud project.",
    category: "storage",
    docs_url: "https://cloud.google.com/storage/docs/authentication",
    api: "https://www.googleapis.com",
    settings: [{ name: "project_id", label: "Project ID" }],
    authentication: [googleAuthentication(["devstorage.read_write"])],
    probe: { path: "/storage/v1/b?project={project_id}&maxResults=1" },
    error_codes: GOOGLE_ERROR_CODES,
    error_rules: GOOGLE_ERROR_RULES,
  },
]
