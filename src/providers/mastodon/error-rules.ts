import type { ErrorRule } from "../../http/classify"

/*
 * Mastodon says what is wrong in words alone, `{ error }`. The words are those
 * of docs.joinmastodon.org and of the server's base controller and English
 * locale.
 */
export const MASTODON_ERROR_RULES: readonly ErrorRule[] = [
  {
    status: 403,
    pattern: /outside the authorized scopes/i,
    errorClass: "permission",
    next_action:
      "Connect the platform again, and allow everything it asks for.",
  },
  {
    status: 403,
    pattern:
      /login is (?:currently disabled|missing|currently pending)|suspended/i,
    errorClass: "account_restricted",
    next_action: "Log in at the instance to see what it wants of the account.",
  },
  {
    // A token of the application, or of somebody who has left the instance.
    status: 422,
    pattern: /requires an authenticated user/i,
    errorClass: "token_invalid",
    next_action: "Connect the platform again.",
  },
  {
    status: 422,
    pattern: /not finished processing/i,
    errorClass: "transient",
    retry_after: 10,
  },
  {
    status: 422,
    pattern: /character limit/i,
    errorClass: "content_rejected",
    next_action: "Shorten the text or the content warning.",
  },
  {
    status: 422,
    pattern:
      /more than \d+ (?:files|media)|already contains images|attach a video/i,
    errorClass: "content_rejected",
    next_action: "Attach fewer files, or the video alone.",
  },
  {
    status: 422,
    pattern:
      /content type is invalid|file size must be|(?:images|videos) are not supported|matrix|dimensions/i,
    errorClass: "content_rejected",
    next_action: "Replace the file by one that the instance takes.",
  },
  {
    status: 422,
    pattern: /poll|expires|options/i,
    errorClass: "content_rejected",
    next_action: "Change the poll.",
  },
  {
    status: 413,
    errorClass: "content_rejected",
    next_action:
      "Use a smaller file: the instance's server takes no larger one.",
  },
  {
    status: 404,
    errorClass: "content_rejected",
    next_action:
      "Look whether what the post refers to is still there, and whether the address of the instance is right.",
  },
  {
    status: 410,
    errorClass: "account_restricted",
    next_action: "Log in at the instance: the account is gone or suspended.",
  },
]
