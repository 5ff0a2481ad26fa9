import { AsyncLocalStorage } from "node:async_hooks"
import { subscribe } from "node:diagnostics_channel"
import { asValue } from "@medusajs/framework/awilix"
import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../../../src/credentials/modules"
import { sealCredentials } from "../../../src/credentials/storage/seal"
import { changeCredentials } from "../../../src/credentials/storage/write"
import { ContainerRegistrationKeys } from "@medusajs/framework/utils"
import { SOCIALS_MODULE } from "../../../src/modules/socials/constants"
import type { SocialMediaRow } from "../../../src/modules/socials/rows"
import type { ClaimedPublication } from "../../../src/modules/socials/sql/publications"
import type { PostMedia } from "../../../src/publishing/post-content"
import { holdingLease, LEASE_MS } from "../../../src/publishing/lease"
import { workOn } from "../../../src/publishing/publish"
import type { DrillSeed } from "../support/drill-networks"
import { PUBLICATION_HEADER } from "../support/planned-faults"
import type { TaskContext } from "../support/protocol"

/** Where a worker stops for good: before or after its n-th commit. */
export interface Stop {
  when: "before" | "after"
  nth: number
}

export type DrillEvent =
  /** It stands at its stop. */
  | { kind: "stopped"; publication: string }
  /** It came to an end, after so many commits. */
  | { kind: "settled"; publication: string; commits: number }

/** Everything of the module that commits something of a publication. */
const COMMITS = new Set([
  "writeCheckpoint",
  "showProgress",
  "armPublication",
  "disarmPublication",
  "recordPublishedPart",
  "recordFurtherPart",
  "settlePublication",
])

export interface Seeding extends DrillSeed {
  /** ISO 8601. @default now */
  due_at?: string
  /** Of each publication the texts of its parts. */
  texts: string[][]
  /** A row of `social_media`; null for none. */
  file: FileRow | null
}

export type FileRow = {
  source_url: string
  name: string
  bytes: number
} & Pick<
  SocialMediaRow,
  "kind" | "content_type" | "width" | "height" | "duration_ms"
>

/** Makes publications that are due, each on a platform of its own, as no two of an account go out at once. */
export const seedDrill = async (
  { container }: TaskContext,
  seedings: Seeding[]
): Promise<string[][]> =>
  Promise.all(
    seedings.map(async (seeding) => {
      const media =
        seeding.has_file && seeding.file
          ? [await attach(container, seeding.file)]
          : []
      return await Promise.all(
        seeding.texts.map((texts) => seedOne(container, seeding, texts, media))
      )
    })
  )

const attach = async (
  container: MedusaContainer,
  file: FileRow
): Promise<PostMedia> => {
  const { id } = await socialsModule(container).createSocialMedias(file)
  return { url: file.source_url, alt_text: null, media_id: id }
}

const seedOne = async (
  container: MedusaContainer,
  seeding: Seeding,
  [caption, ...following]: string[],
  media: PostMedia[]
): Promise<string> => {
  const { provider, auth_type, settings, account, delays } = seeding
  const socials = socialsModule(container)
  const platform = await socials.createSocialPlatforms({
    ...{ name: caption, provider, auth_type, api_config: {} },
    base_url: settings.base_url,
    connected_at: new Date(),
  })
  const sealed = await sealCredentials(container, platform.id, {
    ...seeding.credentials,
    ...seeding.tokens,
  })
  await changeCredentials(container, platform.id, async () => ({
    sealed,
    settings,
  }))
  const { id: account_id } = await socials.createSocialAccounts({
    ...account,
    platform_id: platform.id,
    name: caption,
  })
  await socials.insertPost(
    {
      caption,
      status: "publishing",
      media: media as never,
      parts: following.map((text, index) => ({
        text,
        delay_seconds: delays[index + 1],
      })) as never,
    },
    [
      {
        account_id,
        next_attempt_at: seeding.due_at ? new Date(seeding.due_at) : new Date(),
      },
    ]
  )
  const [publication] = await socials.listSocialPublications(
    { account_id },
    { select: ["id"] }
  )
  return publication.id
}

/** The same container with a module that counts the commits, and stops at one for ever. */
const stoppingAt = (
  container: MedusaContainer,
  stop: Stop | undefined,
  count: { commits: number },
  onStop: () => void
): MedusaContainer => {
  const halt = () => {
    onStop()
    return new Promise<never>(() => undefined)
  }
  const watched = new Proxy(socialsModule(container), {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== "function") {
        return value
      }
      const method = value.bind(target) as (...input: unknown[]) => unknown
      if (!COMMITS.has(String(name))) {
        return method
      }
      return async (...input: unknown[]) => {
        count.commits += 1
        const isHere = stop?.nth === count.commits
        if (isHere && stop.when === "before") {
          return halt()
        }
        const result = await method(...input)
        return isHere ? halt() : result
      }
    },
  })
  const scope = container.createScope() as MedusaContainer
  scope.register(SOCIALS_MODULE, asValue(watched))
  return scope
}

/** The publication that is worked on, for its requests to say. */
const current = new AsyncLocalStorage<string>()

subscribe("undici:request:create", (message) => {
  const { request } = message as {
    request: { addHeader: (name: string, value: string) => void }
  }
  const publication = current.getStore()
  if (publication) {
    request.addHeader(PUBLICATION_HEADER, publication)
  }
})

/** What a worker has seen of each publication so far, however often it was claimed. */
type Counts = Map<string, { commits: number; waits: number }>

/** So often a publication may wait for its service in the hands of one worker. */
const MOST_WAITS = 5

/** The drill does not wait the seconds in which a service processes files. */
const endWait = (container: MedusaContainer, id: string) =>
  container.resolve(ContainerRegistrationKeys.PG_CONNECTION).raw(
    `update social_publication set next_attempt_at = now()
       where id = ? and state = 'waiting' and next_attempt_at < now() + interval '10 seconds'`,
    [id]
  )

const workOnOne = async (
  { container, emit }: TaskContext,
  publication: ClaimedPublication,
  stop: Stop | undefined,
  counts: Counts
): Promise<void> => {
  const { id, lease_token: token } = publication
  const lease = { token, ms: LEASE_MS }
  const count = counts.get(id) ?? { commits: 0, waits: 0 }
  counts.set(id, count)
  const scope = stoppingAt(container, stop, count, () =>
    emit({ kind: "stopped", publication: id } satisfies DrillEvent)
  )
  await current.run(id, () =>
    holdingLease(container, id, lease, async () =>
      socialsModule(scope).settlePublication(
        publication,
        await workOn(scope, publication, lease)
      )
    )
  )
  const { commits } = count
  count.waits += 1
  if (count.waits <= MOST_WAITS) {
    await endWait(container, id)
  }
  emit({ kind: "settled", publication: id, commits } satisfies DrillEvent)
}

/**
 * Works on everything that is due, all at once.
 *
 * @param input.stops - where to stop with some of the publications
 * @returns once those are settled that do not stop
 */
export const drill = async (
  context: TaskContext,
  { stops = {} }: { stops?: Record<string, Stop> }
): Promise<number> => {
  const counts: Counts = new Map()
  const workOnDue = async (): Promise<number> => {
    const claimed = await socialsModule(context.container).claimPublications({
      limit: 10_000,
      perProvider: 10_000,
      busy: {},
      leaseMs: LEASE_MS,
    })
    const further = await Promise.all(
      claimed.map(async (publication) => {
        await workOnOne(context, publication, stops[publication.id], counts)
        // Some services are asked at once what became of what they were sent.
        return workOnDue()
      })
    )
    return further.reduce((sum, count) => sum + count, claimed.length)
  }
  return workOnDue()
}

/** Takes back what workers have held whose leases are over. */
export const release = ({ container }: TaskContext, _input: null) =>
  socialsModule(container).releaseExpiredLeases()
