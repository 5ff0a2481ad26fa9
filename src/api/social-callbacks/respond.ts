import type { MedusaResponse } from "@medusajs/framework/http"

/** Responds with a text that no browser takes for anything else. */
export const sendText = (
  res: MedusaResponse,
  status: number,
  text: string
): void => {
  res
    .status(status)
    .set({ "cache-control": "no-store", "x-content-type-options": "nosniff" })
    .type("text/plain")
    .send(text)
}
