export type LoggedRequest = {
  method: string
  /** Without the query, which may hold a code or a key. */
  path: string
  at: string
  /** Missing while there is no answer, and for a connection that was dropped. */
  status?: number
}

/** The last requests that the network was sent, oldest first. */
export type RequestLog = {
  add(method: string, path: string): LoggedRequest
  list(): LoggedRequest[]
  clear(): void
}

const MAX_ENTRIES = 2000

/** An empty log, in memory. */
export function createRequestLog(): RequestLog {
  let entries: LoggedRequest[] = []
  return {
    add: (method, path) => {
      const entry = { method, path, at: new Date().toISOString() }
      entries.push(entry)
      if (entries.length > MAX_ENTRIES) {
        entries.shift()
      }
      return entry
    },
    list: () => entries,
    clear: () => {
      entries = []
    },
  }
}
