import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider"
import { openDocument } from "./document"

type StoredRecord = {
  model: string
  id: string
  payload: AdapterPayload
  /** Milliseconds since the epoch; `null` lives for ever. */
  expires_at: number | null
}

/** What the authorization server remembers: grants, codes, tokens, sessions. */
export type OauthRecords = {
  adapter: AdapterFactory
  /** Forgets every grant with its codes and tokens; people stay signed in. */
  revokeGrants(): void
  clear(): void
}

const GRANT_MODELS = new Set([
  "Grant",
  "AuthorizationCode",
  "AccessToken",
  "RefreshToken",
])

function isLive(record: StoredRecord): boolean {
  return record.expires_at === null || record.expires_at > Date.now()
}

/**
 * Opens the authorization server's memory.
 *
 * @param dataDir folder to keep it in; none keeps it in memory
 * @throws Error if the folder holds a file that cannot be read
 */
export function openOauthRecords(dataDir?: string): OauthRecords {
  const document = openDocument<StoredRecord[]>(dataDir, "oauth", () => [])
  const records = new Map<string, StoredRecord>()
  const keyOf = (model: string, id: string) => `${model}:${id}`
  for (const record of document.value) {
    records.set(keyOf(record.model, record.id), record)
  }

  const save = () => {
    document.value = [...records.values()].filter(isLive)
    document.save()
  }
  const remove = (matches: (record: StoredRecord) => boolean) => {
    for (const [key, record] of records) {
      if (matches(record) || !isLive(record)) {
        records.delete(key)
      }
    }
    save()
  }
  const find = (matches: (record: StoredRecord) => boolean) => {
    for (const record of records.values()) {
      if (isLive(record) && matches(record)) {
        return structuredClone(record.payload)
      }
    }
    return undefined
  }

  const adapter = (model: string): Adapter => ({
    upsert: async (id, payload, expiresIn) => {
      records.set(keyOf(model, id), {
        model,
        id,
        payload: structuredClone(payload),
        expires_at: expiresIn ? Date.now() + expiresIn * 1000 : null,
      })
      save()
    },
    find: async (id) => {
      const record = records.get(keyOf(model, id))
      return record && isLive(record)
        ? structuredClone(record.payload)
        : undefined
    },
    findByUid: async (uid) =>
      find((record) => record.model === model && record.payload.uid === uid),
    findByUserCode: async (userCode) =>
      find(
        (record) =>
          record.model === model && record.payload.userCode === userCode
      ),
    consume: async (id) => {
      const record = records.get(keyOf(model, id))
      if (record) {
        record.payload.consumed = Math.floor(Date.now() / 1000)
        save()
      }
    },
    destroy: async (id) => {
      records.delete(keyOf(model, id))
      save()
    },
    revokeByGrantId: async (grantId) =>
      remove(
        (record) => record.model === model && record.payload.grantId === grantId
      ),
  })

  return {
    adapter,
    revokeGrants: () => remove((record) => GRANT_MODELS.has(record.model)),
    clear: () => {
      records.clear()
      save()
    },
  }
}
