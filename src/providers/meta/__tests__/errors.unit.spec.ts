import type { ServiceError } from "../../../errors/service-error"
import { createTestContext } from "../../testing"
import { facebookProvider } from "../facebook/provider"
import { instagramLoginProvider } from "../instagram/provider"
import { threadsProvider } from "../threads/provider"

/** HTTP status, code and subcode, what is made of it, the wait in s, and words of what to do. */
type Row = [
  status: number,
  code: number,
  subcode: number | null,
  errorClass: string,
  wait: number | null,
  words: string,
]

const CONNECT = "Connect the platform again, and allow everything"
const FETCH = "can be reached from the internet"
const FILE = "Replace the file"
const INBOX = "support inbox"

/** Meta's guides "Handle errors" and "Rate limits": every code of theirs, and those in use at pages. */
const GRAPH: Row[] = [
  [400, 190, null, "token_invalid", null, ""],
  [400, 102, null, "token_invalid", null, ""],
  ...[458, 460, 463, 467, 492].map((subcode): Row => [
    400,
    190,
    subcode,
    "token_invalid",
    null,
    "",
  ]),
  [400, 190, 459, "token_invalid", null, "Log in at facebook.com"],
  [400, 190, 464, "token_invalid", null, "Confirm the account"],
  [400, 3, null, "permission", null, CONNECT],
  [403, 10, null, "permission", null, CONNECT],
  ...[200, 210, 230, 283, 299].map((code): Row => [
    403,
    code,
    null,
    "permission",
    null,
    CONNECT,
  ]),
  [400, 100, 33, "permission", null, "may not see it any more"],
  [400, 200, 1404078, "permission", null, "page publishing authorisation"],
  ...[4, 17, 32, 341, 613].map((code): Row => [
    400,
    code,
    null,
    "rate_limited",
    900,
    "",
  ]),
  ...[80000, 80001, 80002, 80003, 80004, 80005, 80006, 80008, 80009, 80014].map(
    (code): Row => [400, code, null, "rate_limited", 900, ""]
  ),
  [400, 1, 1390008, "rate_limited", 900, ""],
  [500, 1, null, "transient", null, ""],
  [500, 2, null, "transient", null, ""],
  [400, 2, null, "transient", null, ""],
  [400, 100, 1363047, "transient", 60, ""],
  [400, 100, 1609010, "transient", 60, ""],
  [400, 368, null, "account_restricted", null, INBOX],
  [400, 100, 1346003, "account_restricted", null, INBOX],
  [400, 100, 1404102, "account_restricted", null, INBOX],
  [400, 100, 1404112, "account_restricted", null, INBOX],
  [400, 10, 4854002, "account_restricted", null, "confirm who you are"],
  [400, 100, 1404006, "account_restricted", null, "confirm who you are"],
  [400, 506, null, "duplicate", null, "Change the text"],
  [400, 100, 1366051, "duplicate", null, "posted before"],
  [400, 100, 1609005, "content_rejected", null, "Change the link"],
  [400, 100, 1609008, "content_rejected", null, "Change the link"],
  [400, 324, 1366046, "content_rejected", null, FILE],
  [400, 100, 2061006, "content_rejected", null, FETCH],
  [400, 100, 2069019, "content_rejected", null, FILE],
  [400, 100, 1349125, "content_rejected", null, "Change the text"],
  [400, 100, null, "content_rejected", null, "Change what Meta names"],
  [400, 803, null, "content_rejected", null, "Change what Meta names"],
  [400, 101, null, "config_error", null, "app ID"],
  [400, 2635, null, "config_error", null, "newer version"],
]

/** Instagram's reference "Error codes", every row of it. */
const INSTAGRAM: Row[] = [
  [400, -2, 2207003, "transient", 60, ""],
  [400, -2, 2207020, "transient", 60, ""],
  [400, -1, 2207001, "transient", 60, ""],
  [400, -1, 2207032, "transient", 60, ""],
  [400, -1, 2207053, "transient", 60, ""],
  [400, -1, 2207082, "transient", 60, ""],
  [400, 1, 2207057, "content_rejected", null, "within the video"],
  [400, 4, 2207051, "account_restricted", null, "spam"],
  [400, 9, 2207042, "rate_limited", 3600, "posts of the day"],
  [400, 9, null, "rate_limited", 900, ""],
  [400, 24, 2207006, "content_rejected", null, FILE],
  [400, 24, 2207008, "transient", 30, ""],
  [400, 25, 2207050, "account_restricted", null, "Instagram app"],
  [400, 100, 2207023, "content_rejected", null, FILE],
  [400, 100, 2207028, "content_rejected", null, "2 to 10"],
  [400, 100, 2207035, "content_rejected", null, "product tags"],
  [400, 100, 2207036, "content_rejected", null, "product tags"],
  [400, 100, 2207037, "content_rejected", null, "product tags"],
  [400, 100, 2207040, "content_rejected", null, "product tags"],
  [400, 100, 2207081, "content_rejected", null, "trial reels"],
  [400, 352, 2207026, "content_rejected", null, "MP4 or MOV"],
  [400, 9004, 2207052, "content_rejected", null, FETCH],
  [400, 9004, 2207077, "content_rejected", null, FETCH],
  [400, 9007, 2207027, "transient", 30, ""],
  [400, 36000, 2207004, "content_rejected", null, "less than 8 MB"],
  [400, 36001, 2207005, "content_rejected", null, "Use a JPEG"],
  [400, 36003, 2207009, "content_rejected", null, "4:5 and 1.91:1"],
  [400, 36004, 2207010, "content_rejected", null, "Shorten the text"],
  [400, 36000, null, "content_rejected", null, FILE],
  [400, 36001, null, "content_rejected", null, FILE],
  [400, 36003, null, "content_rejected", null, FILE],
  [400, 36004, null, "content_rejected", null, "Shorten the text"],
  [400, 352, null, "content_rejected", null, FILE],
  [400, 9004, null, "content_rejected", null, FILE],
]

const THREADS: Row[] = [
  [400, 190, null, "token_invalid", null, ""],
  [400, 4, 2207051, "account_restricted", null, "spam"],
  [400, 10, 4279013, "account_restricted", null, "confirm who you are"],
  [400, 24, 4279009, "transient", 10, ""],
  [400, 9, 2207042, "rate_limited", 3600, "posts of the day"],
]

const refused = async (
  provider: typeof threadsProvider,
  status: number,
  error: object
): Promise<ServiceError> =>
  createTestContext(provider, {
    credentials: { access_token: "a-token" },
    fetch: async () => Response.json({ error }, { status }),
  })
    .request("/me")
    .then(
      () => {
        throw new Error("It was taken for a success.")
      },
      (failure: ServiceError) => failure
    )

describe.each([
  ["Facebook", facebookProvider, GRAPH],
  ["Instagram", instagramLoginProvider, INSTAGRAM],
  ["Threads", threadsProvider, THREADS],
] as const)("the refusals that %s documents", (_, provider, rows) => {
  it.each(rows)(
    "%i with code %i and subcode %s is %s, waits %s s and says: %s",
    async (status, code, error_subcode, errorClass, wait, words) => {
      const failure = await refused(provider, status, {
        message: "The service's own words.",
        type: "OAuthException",
        code,
        ...(error_subcode && { error_subcode }),
      })
      expect(failure.errorClass).toBe(errorClass)
      expect(failure.code).toBe(
        error_subcode ? `${code}/${error_subcode}` : String(code)
      )
      expect(failure.message).toContain("The service's own words")
      expect(failure.message).toContain(words)
      const waits = failure.retryAt
        ? Math.round((failure.retryAt.getTime() - Date.now()) / 1000)
        : null
      expect(waits).toBe(wait)
    }
  )

  it("come with what Meta would show to the person, where it says that", async () => {
    const failure = await refused(provider, 400, {
      message: "Invalid parameter",
      error_user_msg: "The description is not allowed here.",
      code: 100,
    })
    expect(failure.message).toContain("The description is not allowed here.")
  })

  it("blame the app's secret where Meta does", async () => {
    const failure = await refused(provider, 400, {
      message: "Invalid appsecret_proof provided in the API argument",
      code: 100,
    })
    expect(failure.errorClass).toBe("config_error")
  })

  it("end the access where a person has ended it", async () => {
    const failure = await refused(provider, 400, {
      message:
        "Error validating access token: The session has been invalidated because the user changed their password.",
      code: 400,
    })
    expect(failure.errorClass).toBe("token_invalid")
  })
})
