import type { ErrorRule, ParsedServiceError } from "../../http/classify"

/*
 * Reddit refuses in three ways: with HTTP 200 and `json.errors`, a list of
 * [code, explanation, field]; with a status and `{ reason, explanation }`; and
 * with a page. The codes are those of `r2/lib/errors.py` of its published
 * source and of its site; what is newer than that source is marked so.
 */

interface Refusal {
  /** With `api_type=json`. */
  json?: {
    errors?: unknown
    /** How long to wait, in s. */
    ratelimit?: number
  }
  reason?: string
  explanation?: string
  message?: string
  fields?: string[]
}

const SECONDS: Record<string, number> = {
  millisecond: 0.001,
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
}

/**
 * How long Reddit wants us to wait, which it says in words: "try again in 9
 * minutes", "Take a break for 30 seconds before trying again".
 *
 * @returns in s; undefined where nothing is said of it
 */
export const waitInWords = (text: string): number | undefined => {
  const found =
    /(\d+(?:\.\d+)?|\ban?)\s+(millisecond|second|minute|hour|day)s?\b/i.exec(
      text
    )
  if (!found) {
    return undefined
  }
  const [, count, unit] = found
  const amount = /^a/i.test(count) ? 1 : Number(count)
  return Math.ceil(amount * SECONDS[unit.toLowerCase()])
}

const inSeconds = (seconds: number | undefined): Date | undefined =>
  seconds === undefined ? undefined : new Date(Date.now() + seconds * 1000)

/** Codes that come with a wait; "9 minutes" in any other explanation is none. */
const LIMITS = /^(?:RATELIMIT|SUBREDDIT_RATELIMIT|QUOTA_FILLED)$/

const readErrors = ({ errors, ratelimit }: NonNullable<Refusal["json"]>) => {
  const list = (Array.isArray(errors) ? errors : []).filter(Array.isArray)
  const [first] = list as unknown[][]
  if (!first) {
    return undefined
  }
  const [code, message, field] = first
  const words = list.map(([, text]) => String(text ?? "")).filter(Boolean)
  return {
    code: String(code),
    ...(typeof field === "string" && { subcode: field }),
    message: words.join(" ") || String(message ?? ""),
    ...(LIMITS.test(String(code)) && {
      retryAt: inSeconds(
        typeof ratelimit === "number" ? ratelimit : waitInWords(words[0] ?? "")
      ),
    }),
  }
}

/** What is wrong with a token stands in a header alone (RFC 6750, section 3). */
const tokenError = ({ headers }: Response): string | undefined =>
  /error="(\w+)"/.exec(headers.get("www-authenticate") ?? "")?.[1]

const isPage = ({ headers }: Response): boolean =>
  /html/i.test(headers.get("content-type") ?? "")

/** Reads a refusal in any of Reddit's forms. */
export const readRedditError = (
  body: Record<string, unknown> | undefined,
  response: Response
): ParsedServiceError | undefined => {
  const { json, reason, explanation, message, fields } = (body ?? {}) as Refusal
  if (json) {
    return readErrors(json)
  }
  if (response.ok) {
    return undefined
  }
  const token = tokenError(response)
  if (token) {
    return { code: token, message }
  }
  if (response.status === 403 && !body && isPage(response)) {
    return { code: "blocked" }
  }
  return reason
    ? { code: reason, subcode: fields?.[0], message: explanation ?? message }
    : undefined
}

const CHOOSE_COMMUNITY = "Choose another community."

const AS_THE_RULES_SAY =
  "Change the post as the community's rules say, and publish again."

/** What Reddit's refusals mean, the most exact first. */
export const REDDIT_ERROR_RULES: readonly ErrorRule[] = [
  {
    code: "RATELIMIT",
    errorClass: "rate_limited",
    retry_after: 600,
    next_action:
      "It goes out as soon as Reddit takes it: accounts that are new, or unknown in a community, have to wait between posts.",
  },
  {
    code: "SUBREDDIT_RATELIMIT",
    errorClass: "rate_limited",
    retry_after: 600,
  },
  { code: "QUOTA_FILLED", errorClass: "rate_limited", retry_after: 3600 },
  {
    code: "ALREADY_SUB",
    errorClass: "duplicate",
    next_action:
      'The link has been posted in the community before. Choose another link, or switch on "Post a link again".',
  },
  {
    code: /^(?:SUBREDDIT_NOEXIST|BAD_SR_NAME|SUBREDDIT_REQUIRED|INVALID_SUBREDDIT)$/,
    errorClass: "content_rejected",
    next_action: "Look at the community's name: there is none of this one.",
  },
  {
    code: /^(?:SUBREDDIT_NOTALLOWED|SUBREDDIT_NO_ACCESS|private|gold_only)$/,
    errorClass: "account_restricted",
    next_action:
      "Only some accounts may post in this community. Ask its moderators, or choose another one.",
  },
  {
    code: /^(?:BANNED_FROM_SUBREDDIT|USER_MUTED|MUTED_FROM_SUBREDDIT)$/,
    errorClass: "account_restricted",
    next_action:
      "The community's moderators have banned the account. Write to them, or choose another community.",
  },
  {
    code: /^(?:quarantined|gated|QUARANTINE_REQUIRES_VERIFICATION)$/i,
    errorClass: "account_restricted",
    next_action:
      "Open the community at Reddit with this account and confirm what it asks, or choose another one.",
  },
  {
    code: "banned",
    errorClass: "content_rejected",
    next_action: `Reddit has closed the community. ${CHOOSE_COMMUNITY}`,
  },
  {
    code: "NO_SELFS",
    errorClass: "content_rejected",
    next_action:
      "The community takes no text posts: add a link, an image or a video, or choose another one.",
  },
  {
    code: "NO_LINKS",
    errorClass: "content_rejected",
    next_action:
      'The community takes text posts alone: choose "Text post" and take files off, or choose another one.',
  },
  {
    // Newer than the published source, like all of SUBMIT_VALIDATION.
    code: /^(?:GALLERIES|IMAGES|VIDEOS|VIDEOGIFS)_DISABLED$/,
    errorClass: "content_rejected",
    next_action: `The community does not take files of this kind. Change them. ${CHOOSE_COMMUNITY}`,
  },
  {
    code: /^(?:(?:SUBMIT_VALIDATION_)?FLAIR_REQUIRED|BAD_FLAIR.*|INVALID_FLAIR.*|FLAIR_NOT_FOUND)$/,
    errorClass: "content_rejected",
    next_action: "Choose one of the community's flairs for the post.",
  },
  {
    code: /^SUBMIT_VALIDATION_|^POST_GUIDANCE_VALIDATION_FAILED$/,
    errorClass: "content_rejected",
    next_action: AS_THE_RULES_SAY,
  },
  {
    code: "TOO_LONG",
    subcode: "title",
    errorClass: "content_rejected",
    next_action: "Shorten the title.",
  },
  {
    code: "NO_TEXT",
    subcode: "title",
    errorClass: "content_rejected",
    next_action: "Enter a title.",
  },
  {
    code: /^(?:TOO_LONG|TOO_SHORT|NO_TEXT|BAD_STRING)$/,
    errorClass: "content_rejected",
    next_action: "Change the text.",
  },
  {
    code: /^(?:NO_URL|BAD_URL|INVALID_SCHEME|SCRAPER_ERROR)$/,
    errorClass: "content_rejected",
    next_action: "Look at the link: Reddit cannot use it.",
  },
  {
    code: /^(?:DOMAIN_BANNED|SUBREDDIT_OUTBOUND_LINKING_DISALLOWED|SUBREDDIT_LINKING_DISALLOWED)$/,
    errorClass: "content_rejected",
    next_action: "Take the link off, or choose another one.",
  },
  {
    code: /^(?:BAD_IMAGE|MISSING_VIDEO_URLS|BAD_VIDEO)$/,
    errorClass: "content_rejected",
    next_action: "Use another file, and for a video a cover.",
  },
  {
    code: /^(?:THREAD_LOCKED|TOO_OLD|DELETED_\w+|NO_THING_ID|POST_NOT_ACCESSIBLE)$/,
    errorClass: "content_rejected",
    next_action: "The post takes no comments any more.",
  },
  {
    code: /^(?:IN_TIMEOUT|USER_SUSPENDED|BANNED_IP)$/,
    errorClass: "account_restricted",
    next_action: "Log in at Reddit to see what it wants of the account.",
  },
  {
    code: /^(?:VERIFIED_USER_REQUIRED|NO_VERIFIED_EMAIL)$/,
    errorClass: "account_restricted",
    next_action:
      "Confirm the account's e-mail address in its settings at Reddit.",
  },
  {
    code: "USER_REQUIRED",
    errorClass: "token_invalid",
    next_action: "Connect the platform again.",
  },
  {
    code: "insufficient_scope",
    errorClass: "permission",
    next_action:
      "Connect the platform again, and allow everything it asks for.",
  },
  {
    code: "blocked",
    errorClass: "config_error",
    next_action:
      "Reddit does not let this program in. Look whether Reddit has approved the app, and whether the user name in the platform's settings is right.",
  },
  { code: "SOMETHING_IS_BROKEN", errorClass: "transient", retry_after: 60 },
  { status: 429, errorClass: "rate_limited", retry_after: 60 },
  {
    status: 403,
    errorClass: "account_restricted",
    next_action: "Reddit does not allow it to this account.",
  },
]
