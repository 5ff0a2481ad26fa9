import {
  ServiceError,
  type ServiceErrorClass,
} from "../../errors/service-error"

/** What TikTok says of a post that it was given, when it is asked or by a webhook. */
export interface PublishStatus {
  status?: string
  fail_reason?: string
  /** TikTok's spelling. Ids have more digits than a number holds exactly: see {@link parseExactIds}. */
  publicaly_available_post_id?: readonly (string | number)[]
  /** How much of a file has arrived. */
  uploaded_bytes?: number
}

/** How far a post has come at TikTok. */
export type PublishState =
  | { state: "processing"; uploaded_bytes: number | null }
  /** It lies in the account's inbox, where a person finishes it. */
  | { state: "inbox" }
  /** It is out. The id is known once the review is over, and for public posts alone. */
  | { state: "published"; post_id: string | null }
  | { state: "failed"; error: ServiceError }

interface Failure {
  errorClass: ServiceErrorClass
  sentence: string
  /** In s. */
  retry_after?: number
}

/** Why a post failed (developers.tiktok.com/doc/content-posting-api-reference-get-video-status, `fail_reason`). */
const FAILURES: Readonly<Record<string, Failure>> = {
  file_format_check_failed: {
    errorClass: "content_rejected",
    sentence:
      "TikTok does not know the format of the file. Use MP4 with H.264 for a video, JPEG or WebP for a photo.",
  },
  duration_check_failed: {
    errorClass: "content_rejected",
    sentence:
      "The video is shorter or longer than TikTok takes from this account. Change its length.",
  },
  frame_rate_check_failed: {
    errorClass: "content_rejected",
    sentence:
      "The video's frame rate does not fit. TikTok takes 23 to 60 frames a second.",
  },
  picture_size_check_failed: {
    errorClass: "content_rejected",
    sentence:
      "The picture's size does not fit. TikTok takes videos of 360 to 4,096 pixels on each side, and photos of up to 1080p.",
  },
  internal: {
    errorClass: "transient",
    sentence: "TikTok had an error of its own while it worked on the post.",
  },
  video_pull_failed: {
    errorClass: "transient",
    sentence: "TikTok could not fetch the video from the store.",
  },
  photo_pull_failed: {
    errorClass: "transient",
    sentence:
      "TikTok could not fetch the photos from the store, or not within an hour.",
  },
  publish_cancelled: {
    errorClass: "content_rejected",
    sentence:
      "The post was cancelled at TikTok. Publish again to send it anew.",
  },
  auth_removed: {
    errorClass: "permission",
    sentence:
      "The account has taken the app's access away while TikTok worked on the post. Connect the platform again.",
  },
  spam_risk_too_many_posts: {
    errorClass: "rate_limited",
    retry_after: 3600,
    sentence:
      "The account has had as many posts through apps as TikTok takes in 24 hours.",
  },
  spam_risk_user_banned_from_posting: {
    errorClass: "account_restricted",
    sentence:
      "TikTok does not let the account post. Look at what it tells in its app.",
  },
  spam_risk_text: {
    errorClass: "content_rejected",
    sentence:
      "TikTok takes the text for risky or for spam. Change it before you publish again.",
  },
  spam_risk: {
    errorClass: "account_restricted",
    sentence:
      "TikTok takes the post for a risk. Look at what it tells in its app, and do not try it again as it is.",
  },
}

/** Every documented reason. */
export const FAIL_REASONS: readonly string[] = Object.keys(FAILURES)

const REASON = /^[\w.-]{1,80}$/

/**
 * What a `fail_reason` of TikTok's means.
 *
 * @param reason - as TikTok gives it; one that is not known is for a person
 */
export const failureOf = (reason: string | undefined): ServiceError => {
  const code = reason && REASON.test(reason) ? reason : "publish_failed"
  const { errorClass, sentence, retry_after } = Object.hasOwn(FAILURES, code)
    ? FAILURES[code]
    : {
        errorClass: "content_rejected" as const,
        sentence:
          "TikTok did not publish the post. Look at it in TikTok's app.",
        retry_after: undefined,
      }
  return new ServiceError(errorClass, `${sentence} (${code})`, {
    code,
    retryAt:
      retry_after === undefined
        ? undefined
        : new Date(Date.now() + retry_after * 1000),
  })
}

/**
 * How far a post has come, by what TikTok says of it. A word that is not known
 * says nothing yet.
 */
export const publishStateOf = ({
  status,
  fail_reason,
  publicaly_available_post_id: ids,
  uploaded_bytes,
}: PublishStatus): PublishState => {
  switch (status) {
    case "PUBLISH_COMPLETE": {
      const [id] = Array.isArray(ids) ? ids : []
      return {
        state: "published",
        post_id: id === undefined ? null : String(id),
      }
    }
    case "SEND_TO_USER_INBOX":
      return { state: "inbox" }
    case "FAILED":
      return { state: "failed", error: failureOf(fail_reason) }
    default:
      return {
        state: "processing",
        uploaded_bytes:
          typeof uploaded_bytes === "number" ? uploaded_bytes : null,
      }
  }
}

/** Members that hold ids of posts, which have 19 digits. */
const POST_IDS =
  /("(?:publicaly_available_post_id|post_id)"\s*:\s*)(\[[\d\s,]*\]|\d+)/g

/** Parses TikTok's JSON, whose ids of posts are numbers too large for JavaScript's. */
export const parseExactIds = (text: string): unknown =>
  JSON.parse(
    text.replace(
      POST_IDS,
      (_, name: string, ids: string) => name + ids.replace(/\d+/g, '"$&"')
    )
  )
