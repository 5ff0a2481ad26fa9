import type { ProviderDescription } from "../../types"
import { META_ERROR_RULES } from "../error-rules"
import {
  FACEBOOK_HOST,
  graphAddress,
  graphVersionField,
  META_SERVICE,
  readGraphError,
} from "../graph"

/** A system user of Meta's Business Manager: a static token, no redirect. */
export const metaSystemUserDescription: ProviderDescription = {
  identifier: "meta_system_user",
  label: "Meta system user",
  description:
    "Reads the ad accounts and Facebook pages of a business with the token of a system user from Meta Business Manager.",
  category: "social",
  categories: ["social", "analytics", "other"],
  auth_types: ["bearer"],
  credential_fields: [
    {
      name: "access_token",
      label: "System user token",
      required: true,
      environment_variable: "META_ACCESS_TOKEN",
      help: "From Business settings, System users, Generate token. It starts with EAA.",
    },
    {
      name: "app_secret",
      label: "App secret",
      required: false,
      help: "Proves each request, which Meta demands if the app requires it. With the app ID, it also tells when the token ends.",
    },
  ],
  setting_fields: [
    {
      name: "business_id",
      label: "Business ID",
      required: false,
      input: "text",
      help: "To list all that the business owns or manages for clients. Without it, what is assigned to the system user is listed.",
    },
    {
      name: "app_id",
      label: "App ID",
      required: false,
      input: "text",
      help: "The app that the token was generated for.",
    },
    graphVersionField(FACEBOOK_HOST),
  ],
  docs_url:
    "https://developers.facebook.com/docs/business-management-apis/system-users",
  api: {
    service: META_SERVICE,
    base_address: graphAddress(),
    read_error: readGraphError,
  },
  error_rules: META_ERROR_RULES,
}
