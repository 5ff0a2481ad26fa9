import { takenPosters } from "../../shared/post-rules/poster"
import { BUILT_IN_PROVIDERS } from "../catalog"
import type { SocialProvider } from "../types"

/** What a video's cover may be, for each service and place where one can go. */
const coversOf = ({ description, placements, limits }: SocialProvider) =>
  (placements ?? [{ value: "feed" }]).flatMap(({ value: placement }) => {
    const video = limits?.(
      { kind: "profile", facts: {} },
      { placement, settings: {} }
    ).media.video
    const place = placements
      ? `${description.identifier} ${placement}`
      : description.identifier
    return video ? [[place, takenPosters(video).join(", ")]] : []
  })

describe("the cover of a video", () => {
  it("is for each service what is sent to it", () => {
    const covers = Object.fromEntries(BUILT_IN_PROVIDERS.flatMap(coversOf))
    expect(covers).toEqual({
      bluesky: "",
      discord: "",
      discord_webhook: "",
      "facebook feed": "",
      "facebook reel": "",
      "facebook story": "",
      "instagram feed": "picture, moment",
      "instagram reel": "picture, moment",
      "instagram story": "",
      "instagram_login feed": "picture, moment",
      "instagram_login reel": "picture, moment",
      "instagram_login story": "",
      linkedin: "picture",
      mastodon: "picture",
      pinterest: "picture, moment",
      reddit: "picture",
      "sandbox feed": "picture, moment",
      "sandbox story": "picture, moment",
      telegram: "picture",
      threads: "",
      tiktok: "moment",
      wordpress: "picture",
      x: "picture",
      youtube: "picture",
    })
  })
})
