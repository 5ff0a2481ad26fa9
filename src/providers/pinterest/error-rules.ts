import type { ErrorRule } from "../../http/classify"

/*
 * Codes and messages as the examples of Pinterest's description of its API
 * (v5) have them, and as its users report them: one code stands for several
 * things, so that often only the message tells.
 */

const CONNECT_AGAIN =
  "Connect the platform again, and allow all that is asked for."

const CHOOSE_BOARD = "Choose another board in the post's settings."

export const PINTEREST_ERROR_RULES: readonly ErrorRule[] = [
  {
    pattern: /trial access/i,
    errorClass: "config_error",
    next_action:
      "Apply for Standard access at developers.pinterest.com, or set the platform to the sandbox until you have it.",
  },
  {
    code: "9",
    errorClass: "rate_limited",
    retry_after: 3600,
    next_action: "Leave more time between the pins.",
  },
  { status: 429, errorClass: "rate_limited", retry_after: 60 },
  {
    code: "3",
    errorClass: "permission",
    next_action: CONNECT_AGAIN,
  },
  {
    status: 403,
    pattern: /user account/i,
    errorClass: "permission",
    next_action: CONNECT_AGAIN,
  },
  {
    code: /^262[56]$/,
    errorClass: "account_restricted",
    next_action:
      "Look at pinterest.com/business/hub for what the account needs.",
  },
  {
    code: /^(?:7|29|403)$/,
    errorClass: "permission",
    next_action:
      "Choose a board of the connected account, or connect the platform with the account that the board belongs to.",
  },
  {
    status: 404,
    pattern: /section/i,
    errorClass: "content_rejected",
    next_action: "Choose another section in the post's settings.",
  },
  {
    status: 404,
    pattern: /board/i,
    errorClass: "content_rejected",
    next_action: CHOOSE_BOARD,
  },
  {
    status: 404,
    pattern: /pin not found/i,
    errorClass: "content_rejected",
    next_action: "Somebody has deleted it at Pinterest.",
  },
  {
    pattern: /^board not found/i,
    errorClass: "content_rejected",
    next_action: CHOOSE_BOARD,
  },
  {
    pattern: /exclusive access|conflict/i,
    errorClass: "transient",
    retry_after: 30,
  },
  { pattern: /unable to reach the url/i, errorClass: "transient" },
  {
    status: 400,
    pattern: /cover_image/i,
    errorClass: "content_rejected",
    next_action: "Choose another cover for the video.",
  },
  {
    status: 400,
    pattern: /spam|block/i,
    errorClass: "content_rejected",
    next_action:
      "Pinterest does not trust the address that the pin leads to: claim your website at Pinterest, or use another link.",
  },
  {
    status: 400,
    pattern: /\b(?:url|link)\b/i,
    errorClass: "content_rejected",
    next_action: "Change the post's link.",
  },
  {
    status: 400,
    pattern: /dimension|same size|aspect ratio|too small/i,
    errorClass: "content_rejected",
    next_action: "Use images of one size, of at least 200 × 300 pixels.",
  },
  {
    status: 405,
    errorClass: "config_error",
    next_action: "Update the plugin: Pinterest has changed its API.",
  },
  {
    status: 501,
    errorClass: "config_error",
    next_action: "Update the plugin: Pinterest has changed its API.",
  },
]
