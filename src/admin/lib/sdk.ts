import Medusa from "@medusajs/js-sdk"

/** The API client; the dashboard's own session cookie signs every request. */
export const sdk = new Medusa({
  baseUrl: __BACKEND_URL__ || "/",
  auth: { type: "session" },
})
