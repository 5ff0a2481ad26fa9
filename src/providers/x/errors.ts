import { readRetryAt } from "../../errors/retry-after"
import type { ErrorRule, ParsedServiceError } from "../../http/classify"

/*
 * X's API says a failure as problem details (RFC 7807), whose type ends with the
 * code: `https://api.x.com/2/problems/usage-capped`. Refusals of a post are of
 * the type `about:blank` and differ in words alone. What is left of version 1
 * has numbers in `errors`.
 */

interface Problem {
  type?: string
  title?: string
  detail?: string
  /** More precise than the type, with `client-forbidden`. */
  reason?: string
  /** Version 1. */
  code?: number
  message?: string
}

/** Codes of what is not there: of the API, and of version 1. */
export const NOT_FOUND = ["resource-not-found", "34", "144"]

const codeOf = ({ type, code }: Problem): string | undefined =>
  /\/problems\/([\w-]+)$/.exec(type ?? "")?.[1] ??
  (code === undefined ? undefined : String(code))

const wordsOf = ({ detail, message, title }: Problem): string | undefined =>
  detail ?? message ?? title

/** Limits of a day, whose headers stand beside those of the 15 minutes. */
const DAILY = ["x-user-limit-24hour", "x-app-limit-24hour"]

const endOfDailyLimit = ({ headers }: Response): Date | undefined =>
  DAILY.filter((name) => headers.get(`${name}-remaining`) === "0")
    .map((name) => readRetryAt(headers.get(`${name}-reset`) ?? ""))
    .find((at) => at !== undefined)

/**
 * Reads a failure of X's API. A response of status 200 is one, too, where it has
 * `errors` and nothing else.
 */
export const readXError = (
  body: Record<string, unknown> | undefined,
  response: Response
): ParsedServiceError | undefined => {
  const problem = body as (Problem & { errors?: unknown }) | undefined
  const errors = (
    Array.isArray(problem?.errors) ? problem.errors : []
  ) as Problem[]
  const hasFailed = response.ok
    ? errors.length > 0 && body?.data === undefined && body?.meta === undefined
    : problem !== undefined
  if (!hasFailed || !problem) {
    return undefined
  }
  const all = [problem, ...errors]
  const words = [...new Set(all.flatMap((one) => wordsOf(one) ?? []))]
  return {
    code:
      all.map(codeOf).find((code) => code !== undefined) ??
      `http_${response.status}`,
    subcode: problem.reason,
    message: words.join(" "),
    retryAt: response.status === 429 ? endOfDailyLimit(response) : undefined,
  }
}

const CONSOLE = "in the Developer Console (console.x.com)"

const LOG_IN = "Log in at x.com to see what X wants of the account."

/** An hour, in s: where X does not say when a limit of a day ends. */
const HOUR = 3_600

export const X_ERROR_RULES: readonly ErrorRule[] = [
  {
    // 402, or 403 in older responses.
    code: "credits",
    errorClass: "config_error",
    next_action: `Buy credits ${CONSOLE}, and publish again.`,
  },
  {
    status: 402,
    errorClass: "config_error",
    next_action: `Buy credits ${CONSOLE}, and publish again.`,
  },
  {
    code: "usage-capped",
    errorClass: "config_error",
    next_action: `The app has used up what its plan or its spending limit allows. Raise it ${CONSOLE}, or publish again when the next period begins.`,
  },
  {
    code: /^(?:client-forbidden|453)$/,
    errorClass: "config_error",
    next_action: `Add the app to a project with a plan that may post, ${CONSOLE}.`,
  },
  {
    code: /^(?:oauth1-permissions|261)$/,
    errorClass: "config_error",
    next_action: `Set the app's permissions to "Read and write" ${CONSOLE}, and connect the platform again.`,
  },
  {
    code: "unsupported-authentication",
    errorClass: "config_error",
    next_action:
      "The token is of another kind than X wants here. Connect the platform again.",
  },
  {
    code: "416",
    errorClass: "config_error",
    next_action: `X has suspended the app. Look at it ${CONSOLE}.`,
  },
  {
    // The time of OAuth 1.0a's signature.
    code: "135",
    errorClass: "config_error",
    next_action: "Set the server's clock right: requests are signed with it.",
  },
  {
    code: /^(?:32|89|99|215)$/,
    errorClass: "token_invalid",
    next_action: "Connect the platform again.",
  },
  {
    code: /^(?:rate-limit-exceeded|88)$/,
    errorClass: "rate_limited",
    retry_after: 900,
  },
  {
    code: /^(?:185|344)$/,
    errorClass: "rate_limited",
    retry_after: HOUR,
    next_action: "The account has posted as much as X takes in a day.",
  },
  {
    pattern:
      /daily (?:status update )?limit|reached your daily limit|over daily/i,
    errorClass: "rate_limited",
    retry_after: HOUR,
    next_action: "The account has posted as much as X takes in a day.",
  },
  {
    status: 429,
    errorClass: "rate_limited",
    retry_after: 900,
  },
  {
    code: "187",
    errorClass: "duplicate",
    next_action: "Change the text: the account has posted just this before.",
  },
  {
    status: 403,
    pattern: /duplicate/i,
    errorClass: "duplicate",
    next_action: "Change the text: the account has posted just this before.",
  },
  {
    code: /^(?:63|64|326|231)$/,
    errorClass: "account_restricted",
    next_action: LOG_IN,
  },
  {
    pattern: /suspended|temporarily locked|locked for security|unlock your/i,
    errorClass: "account_restricted",
    next_action: LOG_IN,
  },
  {
    code: "226",
    errorClass: "account_restricted",
    next_action:
      "X took the post for an automated one. Log in at x.com, wait some hours, and vary the text.",
  },
  {
    pattern: /might be automated|looks like spam/i,
    errorClass: "account_restricted",
    next_action:
      "X took the post for an automated one. Log in at x.com, wait some hours, and vary the text.",
  },
  {
    pattern:
      /(?:reply|quot)\w*.*not (?:allowed|permitted)|not been mentioned|not mentioned or otherwise engaged/i,
    errorClass: "content_rejected",
    next_action:
      "X lets apps without an enterprise plan answer and quote only those who have mentioned the account. Take the quoted post, or what answers somebody else, out.",
  },
  {
    code: /^(?:385|433)$/,
    errorClass: "content_rejected",
    next_action:
      "The post that this one answers is not there any more, or takes no replies. Look at the profile.",
  },
  {
    pattern: /reply to a (?:tweet|post) that is deleted|not visible to you/i,
    errorClass: "content_rejected",
    next_action:
      "The post that this one answers or quotes is not there any more, or takes no replies. Look at the profile.",
  },
  {
    code: "186",
    errorClass: "content_rejected",
    next_action: "Shorten the text.",
  },
  {
    pattern: /too long|bit shorter/i,
    errorClass: "content_rejected",
    next_action: "Shorten the text.",
  },
  {
    pattern: /cashtag/i,
    errorClass: "content_rejected",
    next_action:
      "Leave one cashtag in the text: X takes no second one from apps.",
  },
  {
    code: /^(?:324|325)$/,
    errorClass: "content_rejected",
    next_action: "Publish again: the files are sent anew.",
  },
  {
    pattern: /media ids? (?:is|are)|media id .*(?:invalid|not found)/i,
    errorClass: "content_rejected",
    next_action: "Publish again: the files are sent anew.",
  },
  {
    code: /^(?:323|386)$/,
    errorClass: "content_rejected",
    next_action: "Attach up to four images, or one GIF, or one video.",
  },
  {
    pattern: /media type|file ?size|unsupported media|media_category/i,
    errorClass: "content_rejected",
    next_action: "Replace the file by one that X takes.",
  },
  {
    pattern: /\bpoll\b/i,
    errorClass: "content_rejected",
    next_action: "Change the poll.",
  },
  {
    pattern: /community/i,
    errorClass: "content_rejected",
    next_action:
      "Look whether the account is a member of the community, and may post there.",
  },
  {
    pattern: /invalid url|malicious|harmful/i,
    errorClass: "content_rejected",
    next_action: "Change the link: X takes it for a harmful or broken one.",
  },
  {
    code: /^(?:not-authorized-for-resource|disallowed-resource|179)$/,
    errorClass: "permission",
    next_action:
      "Look whether the post still exists, and whether the account may see it.",
  },
  {
    code: /^(?:130|131|internal-error|resource-unavailable|service-unavailable)$/,
    errorClass: "transient",
  },
  {
    code: /^(?:34|144|resource-not-found)$/,
    errorClass: "content_rejected",
    next_action: "Look whether what the post refers to is still there.",
  },
  {
    status: 403,
    errorClass: "permission",
    next_action:
      "Connect the platform again, and allow everything X's page asks for. Where that does not help, look at the app's permissions in the Developer Console (console.x.com).",
  },
]
