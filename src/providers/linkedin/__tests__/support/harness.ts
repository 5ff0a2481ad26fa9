import type { LinkedInSimulator } from "../../../../../sandbox/networks/linkedin/server"
import {
  MEMBER,
  PAGE,
  PROFILE_SCOPES,
} from "../../../../../sandbox/networks/linkedin/state"
import {
  createTestContext,
  createTestJob,
  isServiceError,
  type TestJobOptions,
  workOnTestJob,
} from "../../../../provider"
import { testMedia } from "../../../__tests__/support/test-media"
import { linkedinProvider } from "../../provider"

export const page = { external_id: PAGE.urn, kind: "page", name: PAGE.name }
export const profile = {
  external_id: MEMBER.urn,
  kind: "profile",
  name: MEMBER.name,
}

/** A platform that is connected to the simulator, with what its app may ask for. */
export const contextFor = (
  linkedin: LinkedInSimulator,
  publishes_on = "profile and pages"
) =>
  createTestContext(linkedinProvider, {
    settings: { base_url: linkedin.url, publishes_on },
    credentials: {
      access_token: linkedin.makeToken(
        publishes_on === "profile" ? PROFILE_SCOPES : undefined
      ),
    },
  })

export const film = (bytes = 64, own = {}) =>
  testMedia(
    { name: "film.mp4", kind: "video", content_type: "video/mp4", ...own },
    bytes
  )

/** A text for the page, unless something else is said. */
export const jobOf = (options: TestJobOptions = {}) =>
  createTestJob({
    account: page,
    parts: [{ text: "The autumn scarf" }],
    ...options,
  })

export const work = (
  job: ReturnType<typeof createTestJob>,
  context: ReturnType<typeof createTestContext>
) => workOnTestJob(linkedinProvider, context, job)

export const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (isServiceError(error) ? error : undefined)
  )
