import { ServiceError } from "../../../errors/service-error"
import type { AccountFacts, Destination } from "../../publication"
import type { ProviderContext, RemoteAccount } from "../../types"
import { withUsual } from "../../usual"
import { accountsAddress, locationsAddress, USUAL } from "./description"

interface Account {
  /** `accounts/1` */
  name: string
  accountName?: string
}

interface Location {
  /** `locations/2` */
  name: string
  title?: string
  storeCode?: string
  languageCode?: string
  metadata?: { mapsUri?: string }
}

/** A successful response that lacks what it must have. */
export const malformedResponse = (missing: string): ServiceError =>
  new ServiceError("transient", `Google answered without ${missing}.`, {
    code: "malformed_response",
    outcomeUnknown: true,
  })

/** More pages than this mean that Google repeats its token. */
const MAX_PAGES = 100

const RESOURCE = /^[\w-]+(?:\/[\w-]+)*$/

/** All of a list; Google leaves an empty one out. */
const listAll = async <T extends { name: string }>(
  { request }: ProviderContext,
  address: string,
  member: string,
  query: Readonly<Record<string, string | number>>
): Promise<T[]> => {
  const items: T[] = []
  let pageToken: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const body: Record<string, unknown> = await request(address, {
      query: { ...query, pageToken },
    })
    const some = (body[member] ?? []) as T[]
    if (
      !Array.isArray(some) ||
      !some.every(({ name }) => RESOURCE.test(name))
    ) {
      throw malformedResponse(`a list of ${member}`)
    }
    items.push(...some)
    pageToken = body.nextPageToken ? String(body.nextPageToken) : undefined
    if (!pageToken) {
      break
    }
  }
  return items
}

/** The accounts that the person belongs to, their own first. */
export const listBusinesses = (context: ProviderContext): Promise<Account[]> =>
  listAll(context, accountsAddress(context.settings), "accounts", {
    pageSize: 20,
  })

const READ_MASK = "name,title,storeCode,languageCode,metadata"

const listLocations = (
  context: ProviderContext,
  account: string
): Promise<Location[]> =>
  listAll(context, locationsAddress(context.settings, account), "locations", {
    readMask: READ_MASK,
    pageSize: 100,
  })

/** Every location that the person may post on, once: groups share them. */
export const listAccounts = async (
  context: ProviderContext
): Promise<RemoteAccount[]> => {
  const found = new Map<string, RemoteAccount>()
  for (const { name: account } of await listBusinesses(context)) {
    for (const location of await listLocations(context, account)) {
      const { name, title, storeCode, metadata } = location
      if (!found.has(name)) {
        found.set(name, {
          external_id: `${account}/${name}`,
          kind: "location",
          name: title ?? name,
          username: storeCode ?? null,
          avatar_url: null,
          url: metadata?.mapsUri ?? null,
        })
      }
    }
  }
  return [...found.values()]
}

/** The language that the location is in, and how long a title may be. */
export const fetchFacts = async (
  context: ProviderContext,
  { external_id }: Destination
): Promise<AccountFacts> => {
  const [account, location] = external_id.split("/locations/")
  const found = (await listLocations(context, account)).find(
    ({ name }) => name === `locations/${location}`
  )
  return {
    language: found?.languageCode,
    ...withUsual(context.settings, USUAL),
  }
}
