import type { ServiceTemplate } from "./support/types"

export const SHIPPING_TEMPLATES: readonly ServiceTemplate[] = [
  {
    identifier: "shippo",
    label: "Shippo",
    description: "Shipping labels and rates of many carriers.",
    category: "shipping",
    docs_url: "https://docs.goshippo.com/docs/guides_general/authentication/",
    api: "https://api.goshippo.com",
    authentication: [
      {
        type: "api_key",
        in: { header: "authorization", prefix: "ShippoToken" },
        label: "API token",
      },
    ],
    probe: { path: "/parcel-templates?page=1&results=1" },
  },
  {
    identifier: "easypost",
    label: "EasyPost",
    description: "Shipping labels, rates and tracking.",
    category: "shipping",
    docs_url: "https://docs.easypost.com/docs/authentication",
    api: "https://api.easypost.com",
    authentication: [
      {
        type: "basic",
        user: {
          credential: {
            name: "api_key",
            label: "API key",
            help: "Production and test keys both work.",
          },
        },
        password: { text: "" },
      },
    ],
    probe: { path: "/v2/addresses?page_size=1" },
    error_rules: [
      { code: "APIKEY.INACTIVE", errorClass: "token_invalid" },
      { code: "MODE.UNAUTHORIZED", errorClass: "permission" },
    ],
  },
  {
    identifier: "shipstation",
    label: "ShipStation",
    description: "Orders and shipments of a ShipStation account.",
    category: "shipping",
    docs_url: "https://www.shipstation.com/docs/api/requirements/",
    api: "https://ssapi.shipstation.com",
    authentication: [
      {
        type: "basic",
        user: { credential: { name: "api_key", label: "API key" } },
        password: { credential: { name: "api_secret", label: "API secret" } },
      },
    ],
    probe: { path: "/users", account: ["0.name", "0.userName"] },
  },
]
