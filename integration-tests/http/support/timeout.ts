import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../../../src/credentials/modules"

/**
 * Runs something with a shorter `request_timeout_ms`, so that a test of a
 * service that never answers need not wait for the default of 15 s.
 */
export const withRequestTimeout = async <T>(
  container: MedusaContainer,
  ms: number,
  run: () => Promise<T>
): Promise<T> => {
  const options = await socialsModule(container).getOptions()
  const before = options.request_timeout_ms
  options.request_timeout_ms = ms
  try {
    return await run()
  } finally {
    options.request_timeout_ms = before
  }
}
