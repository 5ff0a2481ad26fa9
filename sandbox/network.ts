import type { IncomingMessage, ServerResponse } from "node:http"
import type { Provider } from "oidc-provider"
import type { Controls } from "./control-api"
import { createFaultQueue } from "./faults"
import { openServerKeys } from "./keys"
import { accessOfToken, createOauthServer } from "./oauth"
import { openOauthRecords } from "./oidc-adapter"
import type { PostingApi } from "./posting-api"
import { createRequestLog } from "./request-log"
import { createSerialQueue } from "./serial-queue"
import { DEFAULT_SETTINGS } from "./settings"
import { openContentStore } from "./store"

const TOKEN_REQUEST = /^POST \/token\/?(\?|$)/

/** The parts of one running network, put together. */
export type Network = {
  issuer: string
  controls: Controls
  api: PostingApi
  provider: Provider
  /** Has the authorization server answer. */
  answerOauth(request: IncomingMessage, response: ServerResponse): Promise<void>
}

/**
 * @param issuer URL of the network, without a path
 * @param dataDir folder that keeps its state; none keeps it in memory
 * @throws Error if the folder holds a file that cannot be read
 */
export function buildNetwork(issuer: string, dataDir?: string): Network {
  const controls: Controls = {
    settings: { ...DEFAULT_SETTINGS },
    faults: createFaultQueue(),
    log: createRequestLog(),
    records: openOauthRecords(dataDir),
    store: openContentStore(dataDir),
  }
  const keys = openServerKeys(dataDir)
  const provider = createOauthServer({
    issuer,
    keys,
    records: controls.records,
    settings: controls.settings,
  })
  const answer = provider.callback()
  const inTurn = createSerialQueue()
  return {
    issuer,
    controls,
    provider,
    api: {
      issuer,
      store: controls.store,
      settings: controls.settings,
      accessOf: (token) =>
        accessOfToken(provider, token, {
          generation: controls.settings.page_tokens,
          key: keys.cookies[0],
        }),
    },
    // The library looks whether a refresh token or a code was used, and marks it
    // as used, in two steps: two requests at once could both pass. One at a
    // time, the second is what RFC 9700, section 4.14.2, takes for theft.
    answerOauth: (request, response) =>
      TOKEN_REQUEST.test(`${request.method} ${request.url}`)
        ? inTurn(() => answer(request, response))
        : answer(request, response),
  }
}
