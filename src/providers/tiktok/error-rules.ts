import type { ErrorRule, ParsedServiceError } from "../../http/classify"

/** Codes for a grant that lacks a scope. */
export const SCOPE_CODES = ["scope_not_authorized", "scope_permission_missed"]

const AT_TIKTOK = "Look at what TikTok tells in its app."

/**
 * Codes of developers.tiktok.com/doc/tiktok-api-v2-error-handling and of the
 * Content Posting API's pages. Some come with HTTP 200.
 */
export const TIKTOK_ERROR_RULES: readonly ErrorRule[] = [
  // TikTok has one code for a token that has ended and one that it does not know.
  { code: "access_token_invalid", errorClass: "token_expired" },
  {
    code: /^(?:scope_not_authorized|scope_permission_missed)$/,
    errorClass: "permission",
    next_action:
      "Connect the platform again and allow everything that TikTok's page asks for. Is the scope missing there, add it to the app at TikTok for Developers.",
  },
  { code: "rate_limit_exceeded", errorClass: "rate_limited", retry_after: 60 },
  {
    code: "spam_risk_too_many_posts",
    errorClass: "rate_limited",
    retry_after: 3600,
    next_action:
      "The account has had as many posts through apps as TikTok takes in 24 hours. Until then posts go out from TikTok's own app alone.",
  },
  {
    code: "reached_active_user_cap",
    errorClass: "rate_limited",
    retry_after: 3600,
    next_action:
      "As many accounts as the app may serve in 24 hours have posted. Before TikTok's audit these are five.",
  },
  {
    code: "spam_risk_too_many_pending_share",
    errorClass: "rate_limited",
    retry_after: 3600,
    next_action:
      "As many posts lie in the account's TikTok inbox as it takes in 24 hours, which are five. Finish or delete them in the app.",
  },
  {
    code: "spam_risk_user_banned_from_posting",
    errorClass: "account_restricted",
    next_action: `TikTok does not let the account post. ${AT_TIKTOK}`,
  },
  {
    code: "app_version_check_failed",
    errorClass: "account_restricted",
    next_action:
      "The account's TikTok app is too old to finish posts from its inbox. Update it, and try again.",
  },
  {
    code: "unaudited_client_can_only_post_to_private_accounts",
    errorClass: "config_error",
    next_action:
      "TikTok has not audited the app yet. Until it has, switch the TikTok account to private and choose the privacy SELF_ONLY, or send the post to the inbox.",
  },
  {
    code: "privacy_level_option_mismatch",
    errorClass: "content_rejected",
    next_action:
      "The account does not offer this privacy any more. Choose another one, and publish again.",
  },
  {
    code: "invalid_file_upload",
    errorClass: "content_rejected",
    next_action: "Export the video anew as MP4 with H.264, and publish again.",
  },
  {
    code: /^(?:file_format|duration|frame_rate|picture_size)_check_failed$/,
    errorClass: "content_rejected",
    next_action: "Use a file that TikTok takes, and publish again.",
  },
  { code: /^invalid_params?$/, errorClass: "content_rejected" },
  {
    code: /^(?:invalid_publish_id|publish_not_cancellable)$/,
    errorClass: "content_rejected",
  },
  {
    code: "token_not_authorized_for_specified_publish_id",
    errorClass: "config_error",
    next_action:
      "The platform was connected to another TikTok account meanwhile. Connect the one that the post was sent to.",
  },
  {
    code: /^(?:invalid_client|unauthorized_client)$/,
    errorClass: "config_error",
    next_action:
      "Compare the client key and the client secret with those at TikTok for Developers.",
  },
  { code: /^internal(?:_error)?$/, errorClass: "transient" },
]

/**
 * TikTok fetches photos from where an app's owner has shown to be at home.
 *
 * @param prefix - of the addresses that it was given
 */
export const ownershipRule = (prefix: string): ErrorRule => ({
  code: "url_ownership_unverified",
  errorClass: "config_error",
  next_action: `TikTok fetches photos from addresses alone that are verified for the app. Verify the URL prefix ${prefix} at TikTok for Developers: the app, URL properties.`,
})

/**
 * Reads TikTok's envelope: its `error` has the code "ok" in a success, and a
 * refusal may come with HTTP 200.
 */
export const readTikTokError = (
  body: Record<string, unknown> | undefined,
  { ok }: Pick<Response, "ok">
): ParsedServiceError | undefined => {
  const { error, error_description, log_id } = (body ?? {}) as {
    error?: string | { code?: unknown; message?: unknown; log_id?: unknown }
    error_description?: unknown
    log_id?: unknown
  }
  const told =
    typeof error === "string"
      ? { code: error, message: error_description, log_id }
      : error
  if (typeof told?.code !== "string" || !told.code) {
    return undefined
  }
  if (told.code === "ok" && ok) {
    return undefined
  }
  // TikTok's support asks for the id of the request.
  const log = told.log_id ? ` (log_id ${String(told.log_id)})` : ""
  return { code: told.code, message: `${String(told.message ?? "")}${log}` }
}
