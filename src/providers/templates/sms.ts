import type { ServiceTemplate } from "./support/types"

export const SMS_TEMPLATES: readonly ServiceTemplate[] = [
  {
    identifier: "twilio",
    label: "Twilio",
    description: "Text messages and calls through Twilio.",
    category: "sms",
    categories: ["sms", "communication"],
    docs_url: "https://www.twilio.com/docs/usage/requests-to-twilio",
    api: "https://api.twilio.com",
    authentication: [
      {
        type: "basic",
        user: {
          setting: {
            name: "account_sid",
            label: "Account SID",
            help: "It starts with AC.",
          },
        },
        password: { credential: { name: "auth_token", label: "Auth token" } },
      },
    ],
    probe: {
      path: "/2010-04-01/Accounts/{account_sid}/Messages.json?PageSize=1",
    },
    error_rules: [
      { code: "20003", errorClass: "token_invalid" },
      { code: "20005", errorClass: "account_restricted" },
      { code: "20429", errorClass: "rate_limited" },
    ],
  },
  {
    identifier: "whatsapp_business",
    label: "WhatsApp Business",
    description: "Messages from a WhatsApp Business phone number.",
    category: "sms",
    categories: ["sms", "communication", "social"],
    docs_url:
      "https://developers.facebook.com/docs/whatsapp/cloud-api/get-started",
    api: "https://graph.facebook.com",
    settings: [
      {
        name: "phone_number_id",
        label: "Phone number ID",
        help: "From the WhatsApp section of the Meta application, not the phone number itself.",
      },
      {
        name: "graph_version",
        label: "Graph API version",
        required: false,
        default: "v25.0",
      },
    ],
    authentication: [
      {
        type: "bearer",
        label: "System user access token",
        help: "With the permissions whatsapp_business_messaging and whatsapp_business_management.",
      },
    ],
    probe: {
      path: "/{graph_version}/{phone_number_id}?fields=display_phone_number,verified_name",
      account: ["verified_name", "display_phone_number"],
    },
    error_rules: [
      { code: /^(?:190|102)$/, errorClass: "token_invalid" },
      { code: /^(?:3|10|2\d\d)$/, errorClass: "permission" },
      {
        code: /^(?:4|17|32|341|613|8000\d|80014|130429|131056)$/,
        errorClass: "rate_limited",
      },
      { code: /^(?:1|2|131000|131016)$/, errorClass: "transient" },
      { code: /^(?:368|130497|131031)$/, errorClass: "account_restricted" },
      { code: /^(?:33|100|133010)$/, errorClass: "config_error" },
    ],
  },
]
