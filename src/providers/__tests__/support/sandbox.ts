import {
  ApiError,
  errorReply,
  type SandboxRequest,
} from "../../../../sandbox/http"
import {
  type Simulator,
  startSimulator,
} from "../../../../sandbox/networks/simulator"
import { answerPage } from "../../../../sandbox/pages"
import { answerPostingApi } from "../../../../sandbox/posting-api"
import { DEFAULT_SETTINGS, type Settings } from "../../../../sandbox/settings"
import { type ContentStore, openContentStore } from "../../../../sandbox/store"

export interface PostingNetwork extends Simulator {
  store: ContentStore
  settings: Settings
  reset: () => void
}

const ACCESS = {
  scopes: new Set(["profile", "accounts:read", "posts:write", "insights:read"]),
  page: null,
  tokenOf: () => undefined,
}

/**
 * The sandbox's posting API and pages, where any token has every scope.
 *
 * @param dataDir - folder that keeps what it gets; none keeps it in memory
 */
export const startPostingNetwork = async (
  dataDir?: string
): Promise<PostingNetwork> => {
  const store = openContentStore(dataDir)
  const settings = { ...DEFAULT_SETTINGS }
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
      const page = answerPage(request, store)
      if (page) {
        return page
      }
      try {
        return await answerPostingApi(
          { issuer, store, settings, accessOf: async () => ACCESS },
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
    settings,
    reset: () => {
      Object.assign(settings, DEFAULT_SETTINGS)
      store.clear()
      simulator.forget()
    },
  }
}
