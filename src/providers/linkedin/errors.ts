import type { ErrorRule, ParsedServiceError } from "../../http/classify"

/*
 * LinkedIn's failures: `status`, `code`, `serviceErrorCode` and `message`, and
 * for wrong input `errorDetails.inputErrors` (its pages "Error Handling" and
 * "API Rate Limiting", and those of each API).
 */

interface InputError {
  code?: string
  description?: string
  input?: { inputPath?: { fieldPath?: string } }
}

interface LinkedInError {
  code?: string
  message?: string
  serviceErrorCode?: number | string
  errorDetails?: { inputErrors?: InputError[] }
}

/** Limits of a day, which end when it ends by UTC. */
const DAILY = /\bDAY\b/

/** When a day's limit of LinkedIn's is over. */
const nextUtcMidnight = (): Date =>
  new Date(new Date().setUTCHours(24, 0, 0, 0))

/** Names of LinkedIn's Java classes, which stand before some messages. */
const JAVA_CLASS = /^(?:[a-z]\w*\.){2,}\w+:\s*/

/** What is wrong with which field, unless the message says so already. */
const inputIn = (
  { description, input }: InputError,
  message: string
): string => {
  const field = input?.inputPath?.fieldPath
  const said = description && !message.includes(description) ? description : ""
  return [field && !message.includes(field) ? field : "", said]
    .filter(Boolean)
    .join(": ")
}

/** Reads a failure of LinkedIn's; of wrong input the first mistake is the code. */
export const readLinkedInError = (
  body: Record<string, unknown> | undefined,
  { ok, status }: Response
): ParsedServiceError | undefined => {
  const { code, message, serviceErrorCode, errorDetails }: LinkedInError =
    body ?? {}
  const [input] = errorDetails?.inputErrors ?? []
  const own = input?.code ?? code
  const number =
    serviceErrorCode === undefined ? undefined : String(serviceErrorCode)
  if (ok || !(own ?? number ?? message)) {
    return undefined
  }
  const said = String(message ?? "").replace(JAVA_CLASS, "")
  return {
    code: own ?? number ?? `http_${status}`,
    ...(own && number && number !== "0" && { subcode: number }),
    message: [said, input && inputIn(input, said)].filter(Boolean).join(" "),
    ...(status === 429 && DAILY.test(said) && { retryAt: nextUtcMidnight() }),
  }
}

const CONNECT_AGAIN = "Connect the platform again."

/** What LinkedIn's codes and messages mean. */
export const LINKEDIN_ERROR_RULES: readonly ErrorRule[] = [
  {
    // Before all other 401s: the access is as good as it was.
    status: 401,
    code: /^(?:RESTRICTED_MEMBER|65608)$/,
    errorClass: "account_restricted",
    next_action: "Log in at LinkedIn to see what it wants of the account.",
  },
  {
    status: 401,
    code: /^(?:EXPIRED_ACCESS_TOKEN|65602)$/,
    errorClass: "token_expired",
    next_action: CONNECT_AGAIN,
  },
  { status: 401, errorClass: "token_invalid", next_action: CONNECT_AGAIN },
  {
    status: 426,
    errorClass: "config_error",
    next_action:
      "LinkedIn has ended this version of its API: enter a newer one in the platform's settings, as year and month, for example 202609.",
  },
  {
    code: /^(?:VERSION_MISSING|INVALID_VERSION)$/,
    errorClass: "config_error",
    next_action:
      "Enter a version of the API in the platform's settings, as year and month.",
  },
  {
    status: 429,
    pattern: DAILY,
    errorClass: "rate_limited",
    next_action:
      "LinkedIn's requests for today are used up. They are back at midnight UTC.",
  },
  { status: 429, errorClass: "rate_limited", retry_after: 60 },
  {
    code: "DUPLICATE_POST",
    errorClass: "duplicate",
    next_action: "Change the text, or wait: LinkedIn takes nothing twice.",
  },
  {
    pattern: /is a duplicate of urn:li/i,
    errorClass: "duplicate",
    next_action: "Change the text, or wait: LinkedIn takes nothing twice.",
  },
  {
    status: 403,
    pattern: /partnerApi|not enough permissions/i,
    errorClass: "permission",
    next_action:
      "The app lacks the product that this needs, or has it in its development tier only: look at the app's Products at LinkedIn, then connect the platform again.",
  },
  {
    status: 403,
    pattern: /organization|author|owner|role|admin/i,
    errorClass: "permission",
    next_action:
      "Connect as somebody who is administrator or content administrator of the page.",
  },
  {
    status: 403,
    errorClass: "permission",
    next_action:
      "Connect the platform again as somebody who may publish there, and look at the app's Products at LinkedIn.",
  },
  {
    status: 400,
    pattern: /not owned by the author|owner of the (?:asset|media)/i,
    errorClass: "content_rejected",
    next_action: "Publish again to send the files anew.",
  },
  {
    pattern:
      /WAITING_UPLOAD|still (?:being )?process|not (?:yet )?(?:been )?(?:processed|ready|available)/i,
    errorClass: "transient",
    retry_after: 30,
  },
  {
    code: /LENGTH|TOO_LONG|TOO_HIGH/,
    pattern: /commentary|message|text/i,
    errorClass: "content_rejected",
    next_action: "Shorten the text.",
  },
  {
    status: 404,
    errorClass: "content_rejected",
    next_action: "Look whether it is still there at LinkedIn.",
  },
  {
    status: 409,
    errorClass: "transient",
    retry_after: 10,
  },
  {
    status: 413,
    errorClass: "content_rejected",
    next_action: "Use a smaller file.",
  },
  {
    status: 415,
    errorClass: "content_rejected",
    next_action: "Replace the file by one that LinkedIn takes.",
  },
]
