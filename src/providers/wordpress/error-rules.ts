import type { ErrorRule, ParsedServiceError } from "../../http/classify"
import { textAt } from "../api-errors"

/** The code of a page that stands where WordPress' own response should. */
const PAGE = "page_instead_of_json"

const GET_ANOTHER_PASSWORD =
  "Create a new application password in the user's profile in WordPress and enter it with the user name."

const ASK_AN_ADMINISTRATOR =
  "Ask an administrator of the site for the role Author or Editor, or use such a user's application password."

/**
 * What WordPress' errors mean. With 401 it says "nobody is logged in": a login
 * that it has seen and refuses has a code of its own.
 */
export const WORDPRESS_ERROR_RULES: readonly ErrorRule[] = [
  {
    code: /^(incorrect_password|invalid_username|invalid_email|invalid_application_password|invalid_authkey)$/,
    errorClass: "token_invalid",
    next_action: GET_ANOTHER_PASSWORD,
  },
  {
    code: /^application_passwords_disabled/,
    errorClass: "config_error",
    next_action:
      "Switch application passwords on: a security plugin or the host has switched them off.",
  },
  {
    status: 401,
    code: PAGE,
    errorClass: "config_error",
    next_action:
      "The web server asks for a password of its own before WordPress: take that off for the site's REST API.",
  },
  {
    status: 413,
    errorClass: "content_rejected",
    next_action: "Use a smaller file, or have the web server's limit raised.",
  },
  {
    code: PAGE,
    errorClass: "config_error",
    next_action:
      "A security plugin or a firewall answers in place of WordPress: allow requests of this server to the site's REST API.",
  },
  {
    status: 401,
    code: /^rest_/,
    errorClass: "config_error",
    next_action:
      "The site's server strips the Authorization header before WordPress sees it: have it passed on to PHP, or switch off the plugin that closes the REST API.",
  },
  // WordPress refuses uploads without the right to them with 400.
  {
    code: /^(rest_cannot_\w+|rest_forbidden\w*|rest_user_cannot_\w+|rest_cookie_invalid_nonce)$/,
    errorClass: "permission",
    next_action: ASK_AN_ADMINISTRATOR,
  },
  {
    code: "rest_no_route",
    errorClass: "config_error",
    next_action:
      "The site's REST API is switched off in part: a plugin may do that, or WordPress is too old.",
  },
  {
    code: /^(rest_upload_file_too_big|rest_upload_limited_space|rest_upload_user_quota_exceeded)$/,
    errorClass: "content_rejected",
    next_action:
      "Use a smaller file, or have the site's upload limit or space raised.",
  },
  // Of the file itself: WordPress tells so with 500.
  {
    code: /^(rest_upload_sideload_error|rest_upload_image_type_not_supported|rest_upload_invalid_image)$/,
    errorClass: "content_rejected",
    next_action:
      "Use another type of file: JPEG, PNG and MP4 are taken everywhere.",
  },
  { code: "rest_upload_hash_mismatch", errorClass: "transient" },
  {
    code: /^(rest_upload_unknown_error|rest_upload_file_error|db_\w+_error)$/,
    errorClass: "transient",
  },
  {
    code: /^(rest_post_invalid_id|rest_already_trashed)$/,
    errorClass: "content_rejected",
    next_action:
      "Somebody has deleted the draft in WordPress: publish the post anew.",
  },
  {
    code: "rest_trash_not_supported",
    errorClass: "config_error",
    next_action:
      "The site has no trash, so that the post can only be deleted for ever: do that in WordPress.",
  },
  {
    code: /^(rest_invalid_param|rest_missing_callback_param|rest_invalid_featured_media|rest_invalid_field|empty_content|term_\w+|rest_term_invalid)$/,
    errorClass: "content_rejected",
    next_action: "Change that setting of the publication.",
  },
]

/** The names of wrong parameters say more than "Invalid parameter(s)". */
const detailsOf = (body: Record<string, unknown>): string => {
  const { params } = Object(body.data) as { params?: unknown }
  const sentences = Object.values(Object(params) as object).filter(
    (value) => typeof value === "string"
  )
  return sentences.length ? ` ${sentences.join(" ")}` : ""
}

/**
 * Reads a failure of WordPress, `{ code, message, data: { status, params } }`
 * (developer.wordpress.org/rest-api), and tells a page in its place apart.
 */
export const readWordPressError = (
  body: Record<string, unknown> | undefined,
  { ok, status, headers }: Response
): ParsedServiceError | undefined => {
  if (ok) {
    return undefined
  }
  const isPage = /html/i.test(headers.get("content-type") ?? "")
  if (!body && isPage && status < 500 && ![404, 429].includes(status)) {
    return { code: PAGE, message: "the response is a web page" }
  }
  const code = textAt(body, ["code"])
  const message = textAt(body, ["message"])
  return body && code && message
    ? { code, message: withoutTags(message) + detailsOf(body) }
    : undefined
}

/** Messages about the login have markup. */
const withoutTags = (text: string): string => text.replace(/<[^>]*>/g, "")
