import type { InferTypeOf } from "@medusajs/framework/types"
import type SocialAccount from "./models/social-account"
import type SocialMedia from "./models/social-media"
import type SocialOauthSession from "./models/social-oauth-session"
import type SocialPlatform from "./models/social-platform"
import type SocialPost from "./models/social-post"
import type SocialPublication from "./models/social-publication"
import type { ApiConfigWrite } from "./sql/platforms"

/** A row of `social_platform`. */
export type SocialPlatformRow = InferTypeOf<typeof SocialPlatform>
export type SocialAccountRow = InferTypeOf<typeof SocialAccount>
export type SocialPostRow = InferTypeOf<typeof SocialPost>
export type SocialPublicationRow = InferTypeOf<typeof SocialPublication>
export type SocialMediaRow = InferTypeOf<typeof SocialMedia>
export type SocialOauthSessionRow = InferTypeOf<typeof SocialOauthSession>

/** What of a post is written at once; its publications are rows of their own. */
export type SocialPostColumns = Omit<Partial<SocialPostRow>, "publications">

/** Where a post goes, and what is different there. */
export type NewPublication = Pick<SocialPublicationRow, "account_id"> &
  Partial<
    Pick<
      SocialPublicationRow,
      | "placement"
      | "variant"
      | "settings"
      | "content_hash"
      | "media_hash"
      | "publish_at"
      | "next_attempt_at"
    >
  >

/** What is written of a row that is locked meanwhile. */
export interface LockedPlatformChange {
  /** Columns outside the credentials; JSON columns are merged. */
  details?: Partial<SocialPlatformRow>
  credentials?: Omit<ApiConfigWrite, "id" | "expected_version">
}
