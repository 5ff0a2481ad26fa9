import {
  ApiError,
  errorReply,
  type SandboxRequest,
} from "../../../../sandbox/http"
import {
  type Simulator,
  startSimulator,
} from "../../../../sandbox/networks/simulator"
import { answerPostingApi } from "../../../../sandbox/posting-api"
import { type ContentStore, openContentStore } from "../../../../sandbox/store"

export interface PostingNetwork extends Simulator {
  store: ContentStore
  reset: () => void
}

const SCOPES = new Set([
  "profile",
  "accounts:read",
  "posts:write",
  "insights:read",
])

/** The sandbox's posting API, where any token has every scope. */
export const startPostingNetwork = async (): Promise<PostingNetwork> => {
  const store = openContentStore()
  const simulator = await startSimulator(
    0,
    async ({ method, url, headers, body }, issuer) => {
      const request: SandboxRequest = {
        method,
        url,
        header: (name) => {
          const value = headers[name]
          return Array.isArray(value) ? value[0] : value
        },
        readBody: async () => body,
      }
      try {
        return await answerPostingApi(
          { issuer, store, scopesOf: async () => SCOPES },
          request
        )
      } catch (error) {
        if (error instanceof ApiError) {
          return errorReply(error)
        }
        throw error
      }
    }
  )
  return {
    ...simulator,
    store,
    reset: () => {
      store.clear()
      simulator.forget()
    },
  }
}
