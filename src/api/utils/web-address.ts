import { z } from "@medusajs/framework/zod"

/** An address that a browser may open. The refusal names the field, as Medusa's own does not. */
export const webAddress = () =>
  z.url({
    protocol: /^https?$/,
    error: ({ path = [] }) =>
      `${path.join(".")} must be an address that starts with https://`,
  })
