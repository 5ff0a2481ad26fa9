import { mastodonProvider } from "../../providers/mastodon/provider"
import { redditProvider } from "../../providers/reddit/provider"
import { tiktokProvider } from "../../providers/tiktok/provider"
import type { SocialProvider } from "../../providers/types"
import { requireSettings } from "../settings"

describe("settings that do not fit", () => {
  it.each<[SocialProvider, object, string]>([
    [redditProvider, {}, '"Community" (subreddit) is missing.'],
    [tiktokProvider, {}, '"Who can see it" (privacy_level) is missing.'],
    [
      tiktokProvider,
      { privacy_level: "SELF_ONLY", post_mode: "later" },
      '"Where it goes" (post_mode) must be one of: direct, inbox.',
    ],
    [
      mastodonProvider,
      { poll: { options: ["Red", "Blue"] } },
      '"Poll: Duration in seconds" (poll.expires_in) is missing.',
    ],
    [
      mastodonProvider,
      { poll: { options: ["Red", "Blue", 3], expires_in: 86_400 } },
      '"Poll: Options: 3" (poll.options.2): Invalid input: expected string, received number.',
    ],
  ])(
    "are named as the dashboard and the API name them",
    (provider, chosen, sentence) => {
      expect(() =>
        requireSettings(provider, { ...chosen }, null, "Ada's shop")
      ).toThrow(`The settings for Ada's shop do not fit. ${sentence}`)
    }
  )
})
