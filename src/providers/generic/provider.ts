import type { SocialProvider } from "../types"
import { genericDescription } from "./description"
import { verifyByProbe } from "./verify"

/** The provider for services of which nothing is known but how they authenticate. */
export const genericProvider: SocialProvider = {
  description: genericDescription,
  verify: verifyByProbe,
}
