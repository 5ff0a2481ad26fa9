import {
  type RedditSimulator,
  startReddit,
} from "../../../../../sandbox/networks/reddit/server"
import {
  CLIENT_ID,
  CLIENT_SECRET,
  USER,
} from "../../../../../sandbox/networks/reddit/state"
import {
  createTestContext,
  createTestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../../../provider"
import { redditProvider } from "../../provider"

export const ACCOUNT = {
  external_id: `t2_${USER.id}`,
  kind: "profile",
  name: `u/${USER.name}`,
  username: USER.name,
}

export const jobOf = ({ settings, ...options }: TestJobOptions = {}) =>
  createTestJob({
    account: ACCOUNT,
    parts: [{ text: "The autumn scarf\nWarm and light." }],
    ...options,
    settings: { subreddit: "scarves", ...settings },
  })

/** A simulated Reddit for the tests of a file, new for each of them. */
export const useReddit = () => {
  const reddit = {} as RedditSimulator
  beforeAll(async () => {
    Object.assign(reddit, await startReddit(0))
  })
  afterAll(() => reddit.close())
  beforeEach(() => reddit.reset())

  const createContext = (scopes?: string) =>
    createTestContext(redditProvider, {
      settings: {
        base_url: reddit.url,
        client_id: CLIENT_ID,
        username: USER.name,
      },
      credentials: {
        client_secret: CLIENT_SECRET,
        access_token: reddit.makeTokens(scopes).access_token,
      },
    })

  /** Publishes, and looks once more when Reddit is at the files. */
  const work = async (
    job: ReturnType<typeof jobOf>,
    context = createContext()
  ) => {
    const progress = await workOnTestJob(redditProvider, context, job)
    return job.armed === undefined || progress.state !== "wait"
      ? progress
      : workOnTestJob(redditProvider, context, job)
  }

  return { reddit, createContext, work }
}
