import { jsonToLex, lexicons } from "@atproto/api"
import { jsonReply, type Reply } from "../http"
import {
  type BlueskyAuthorizationServer,
  createAuthorizationServer,
} from "./bluesky/oauth"
import { postsPage } from "./bluesky/page"
import {
  createRecords,
  postsOf,
  readRecord,
  type RecordWrite,
  uriOf,
} from "./bluesky/repo"
import {
  accountIn,
  type Call,
  createSession,
  delegatorIn,
  didOfHost,
  getServiceAuth,
  type Handler,
  refreshSession,
  sessionOf,
} from "./bluesky/sessions"
import {
  type BlueskyAccount,
  type BlueskyState,
  createState,
  XrpcError,
} from "./bluesky/state"
import {
  type Simulator,
  type SimulatorRequest,
  startSimulator,
} from "./simulator"

/*
 * Bluesky on one server: an entryway and its PDS, the app view, and the video
 * service. The entryway is the given address; the PDS has the same port on
 * 127.0.0.1, and so another DID.
 *
 * Sources: the lexicons of @atproto/api; docs.bsky.app, Rate Limits, PDS
 * Entryway, and the tutorial on video uploads.
 */

export type BlueskySimulator = Simulator & {
  state: BlueskyState
  oauth: BlueskyAuthorizationServer
  /** The records of posts, oldest first. */
  posts(): Record<string, any>[]
  /** Forgets what was published, faults and requests; sessions and accounts stay. */
  reset(): void
}

/** The largest file that a server takes by `uploadBlob`. */
const MAX_BLOB_BYTES = 50_000_000

const requireOwnRepo = (call: Call): BlueskyAccount => {
  const account = accountIn(call)
  if (call.state.findAccount(String(call.input.repo)) !== account) {
    throw new XrpcError(400, "InvalidRequest", "Could not find repo")
  }
  if (account.status) {
    throw new XrpcError(401, "AccountTakedown", "Account has been taken down")
  }
  return account
}

const uploadBlob: Handler = (call) => {
  accountIn(call)
  const { body, headers } = call.request
  if (body.length > MAX_BLOB_BYTES) {
    throw new XrpcError(413, "PayloadTooLarge", "request entity too large")
  }
  return {
    blob: call.state.storeBlob(body, headers["content-type"] ?? "*/*"),
  }
}

const applyWrites: Handler = (call) => {
  const { did } = requireOwnRepo(call)
  const made = createRecords(call.state, did, call.input.writes)
  return {
    commit: { cid: made[0].cid, rev: "3l4example22a" },
    results: made.map(({ uri, cid }) => ({
      $type: "com.atproto.repo.applyWrites#createResult",
      ...{ uri, cid, validationStatus: "valid" },
    })),
  }
}

const uploadVideo: Handler = (call) => {
  const { state, request, home } = call
  const { did } = delegatorIn(
    call,
    didOfHost(home),
    "com.atproto.repo.uploadBlob"
  )
  const { ref } = state.storeBlob(request.body, "video/mp4")
  const known = [...state.jobs.values()].find(({ cid }) => cid === ref.$link)
  if (known) {
    return jsonReply(409, {
      jobId: known.jobId,
      did,
      state: "JOB_STATE_COMPLETED",
      error: "already_exists",
      message: "Video already processed",
    })
  }
  const jobId = `job-${state.jobs.size + 1}`
  state.jobs.set(jobId, { jobId, did, polls: 0, cid: ref.$link })
  state.video.remaining -= 1
  // The service sends it bare, unlike its lexicon.
  return { jobId, did, state: "JOB_STATE_CREATED", progress: 0 }
}

const getJobStatus: Handler = ({ state, params }) => {
  const job = state.jobs.get(params.get("jobId") ?? "")
  if (!job) {
    throw new XrpcError(404, "NotFound", "Job not found")
  }
  const { jobId, did } = job
  if (state.video.failure) {
    return {
      jobStatus: {
        ...{ jobId, did, state: "JOB_STATE_FAILED" },
        ...{ error: "invalid_video", message: state.video.failure },
      },
    }
  }
  job.polls += 1
  return {
    jobStatus:
      job.polls > state.video.polls
        ? {
            ...{ jobId, did, state: "JOB_STATE_COMPLETED" },
            blob: state.blobOf(job.cid),
          }
        : { jobId, did, state: "JOB_STATE_ENCODING", progress: 40 },
  }
}

const profileOf = ({
  did,
  handle,
  displayName,
  followers,
}: BlueskyAccount) => ({
  ...{ did, handle, displayName },
  followersCount: followers,
  followsCount: 12,
  postsCount: 3,
})

const requireAccount = (
  state: BlueskyState,
  identifier: string | null
): BlueskyAccount => {
  const account = state.findAccount(identifier ?? "")
  if (!account) {
    throw new XrpcError(400, "InvalidRequest", "Unable to resolve handle")
  }
  return account
}

const HANDLERS: Record<string, Handler> = {
  "com.atproto.server.createSession": createSession,
  "com.atproto.server.refreshSession": refreshSession,
  "com.atproto.server.deleteSession": (call) => {
    const { jwt } = call.state.requireToken(
      call.request.headers.authorization,
      "refresh"
    )
    call.state.end(jwt)
    return { status: 200, headers: {}, body: "" }
  },
  "com.atproto.server.getSession": (call) =>
    sessionOf(accountIn(call), call.home),
  "com.atproto.server.getServiceAuth": getServiceAuth,
  "com.atproto.identity.resolveHandle": ({ state, params }) => ({
    did: requireAccount(state, params.get("handle")).did,
  }),
  "com.atproto.repo.uploadBlob": uploadBlob,
  "com.atproto.repo.createRecord": (call) => {
    const { did } = requireOwnRepo(call)
    const { collection, rkey = `3l${Date.now()}`, record } = call.input
    const write: RecordWrite = { collection, rkey, value: record }
    const [{ uri, cid }] = createRecords(call.state, did, [write])
    return { uri, cid, validationStatus: "valid" }
  },
  "com.atproto.repo.applyWrites": applyWrites,
  "com.atproto.repo.getRecord": ({ state, params }) => {
    const [repo, collection, rkey] = ["repo", "collection", "rkey"].map(
      (name) => params.get(name) ?? ""
    )
    return readRecord(state, uriOf(repo, collection, rkey))
  },
  "com.atproto.repo.deleteRecord": (call) => {
    const { did } = requireOwnRepo(call)
    const { collection, rkey } = call.input
    call.state.records.delete(uriOf(did, collection, rkey))
    return {}
  },
  "app.bsky.actor.getProfile": (call) => {
    accountIn(call)
    return profileOf(requireAccount(call.state, call.params.get("actor")))
  },
  "app.bsky.feed.getPosts": (call) => {
    accountIn(call)
    return {
      posts: call.params.getAll("uris").flatMap((asked) =>
        postsOf(call.state)
          .filter(({ uri }) => uri === asked)
          .map(({ uri, cid, value, indexedAt }) => ({
            ...{ uri, cid, record: value, indexedAt },
            author: profileOf(requireAccount(call.state, uri.split("/")[2])),
            ...{ likeCount: 5, repostCount: 3, replyCount: 2, quoteCount: 1 },
          }))
      ),
    }
  },
  "app.bsky.video.getUploadLimits": (call) => {
    delegatorIn(
      call,
      didOfHost(call.request.url.origin),
      "app.bsky.video.getUploadLimits"
    )
    const { canUpload, remaining } = call.state.video
    return canUpload
      ? {
          canUpload: remaining > 0,
          remainingDailyVideos: remaining,
          remainingDailyBytes: 10_000_000_000,
        }
      : {
          canUpload,
          error: "unconfirmed_email",
          message: "User has not confirmed their email",
        }
  },
  "app.bsky.video.uploadVideo": uploadVideo,
  "app.bsky.video.getJobStatus": getJobStatus,
}

/** The JSON of a body, as the method's lexicon wants it. */
const readInput = (
  nsid: string,
  { headers, body }: SimulatorRequest
): Record<string, any> => {
  if (!body.length || !headers["content-type"]?.includes("json")) {
    return {}
  }
  try {
    const input = JSON.parse(body.toString())
    lexicons.assertValidXrpcInput(nsid, jsonToLex(input))
    return input
  } catch (error) {
    throw new XrpcError(400, "InvalidRequest", (error as Error).message)
  }
}

const respond = (
  state: BlueskyState,
  oauth: BlueskyAuthorizationServer,
  sent: SimulatorRequest,
  url: string
): Reply => {
  const home = url.replace("localhost", "127.0.0.1")
  const { pathname } = sent.url
  const ofOauth = oauth.respond(sent, url, home)
  if (ofOauth) {
    return ofOauth
  }
  const blob = state.blobs.get(pathname.replace("/blobs/", ""))
  if (blob) {
    const headers = { "content-type": blob.type }
    return { status: 200, headers, body: blob.bytes }
  }
  const nsid = pathname.replace("/xrpc/", "")
  const handler = HANDLERS[nsid]
  if (!handler) {
    return pathname === "/" || pathname === "/posts"
      ? postsPage(state)
      : jsonReply(404, {
          error: "MethodNotImplemented",
          message: "Method Not Implemented",
        })
  }
  try {
    const request = oauth.authenticate(sent)
    const answer = handler({
      ...{ request, state, home, params: request.url.searchParams },
      input: readInput(nsid, request),
    })
    return "status" in answer && "body" in answer
      ? (answer as Reply)
      : jsonReply(200, answer)
  } catch (error) {
    if (error instanceof XrpcError) {
      return error.reply()
    }
    throw error
  }
}

/**
 * Starts Bluesky on this machine.
 *
 * @param port - 0 takes a free one
 */
export const startBluesky = async (port = 0): Promise<BlueskySimulator> => {
  const state = createState()
  const oauth = createAuthorizationServer(state)
  const simulator = await startSimulator(port, (request, url) =>
    respond(state, oauth, request, url)
  )
  return {
    ...simulator,
    state,
    oauth,
    posts: () => postsOf(state).map(({ value }) => value),
    reset: () => {
      simulator.forget()
      state.records.clear()
      state.jobs.clear()
      state.logins.length = 0
      Object.assign(state.video, {
        ...{ polls: 1, canUpload: true, remaining: 25, failure: undefined },
      })
    },
  }
}
