import { genericProvider } from "./generic/provider"
import { sandboxProvider } from "./sandbox/provider"
import type { SocialProvider } from "./types"

/** The providers that come with the plugin. Applications add theirs through its options. */
export const BUILT_IN_PROVIDERS: readonly SocialProvider[] = [
  sandboxProvider,
  genericProvider,
]
