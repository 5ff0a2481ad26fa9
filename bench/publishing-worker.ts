import path from "node:path"

import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"

import { socialsModule } from "../src/credentials/modules"
import { sealCredentials } from "../src/credentials/storage/seal"
import { changeCredentials } from "../src/credentials/storage/write"
import publishDuePosts from "../src/jobs/publish-due-posts"
import { lanesIdle } from "../src/publishing/lanes"
import publicationsDue from "../src/subscribers/publications-due"
import { PUBLICATIONS_DUE } from "../src/workflows/events"
import { bootModules } from "./boot"
import { ACCOUNTS, type Order, type Report } from "./publishing-plan"

/*
 * A worker process of a store: the plugin's modules, Medusa's event bus and workflow engine, over
 * Redis where `REDIS_URL` is set, and what the job and the subscriber run.
 */

/** As the job's schedule. */
const JOB_MS = 5_000

const redisUrl = process.env.REDIS_URL

const engines = (): Record<string, { resolve: string; options?: object }> =>
  redisUrl
    ? {
        [Modules.EVENT_BUS]: {
          resolve: "@medusajs/medusa/event-bus-redis",
          options: { redisUrl },
        },
        [Modules.WORKFLOW_ENGINE]: {
          resolve: "@medusajs/medusa/workflow-engine-redis",
          options: { redis: { redisUrl } },
        },
        [Modules.LOCKING]: { resolve: "@medusajs/medusa/locking" },
      }
    : {
        [Modules.EVENT_BUS]: { resolve: "@medusajs/medusa/event-bus-local" },
        [Modules.WORKFLOW_ENGINE]: {
          resolve: "@medusajs/medusa/workflow-engine-inmemory",
        },
        [Modules.LOCKING]: { resolve: "@medusajs/medusa/locking" },
      }

const say = (report: Report): void => void process.send?.(report)

let accounts: string[] = []

const seedAccounts = async (container: MedusaContainer): Promise<string[]> => {
  const socials = socialsModule(container)
  const base_url = process.env.NETWORK_URL!
  const { id } = await socials.createSocialPlatforms({
    name: "Bench",
    provider: "bench",
    auth_type: "api_key",
    base_url,
    api_config: {},
    connected_at: new Date(),
  })
  const sealed = await sealCredentials(container, id, { api_key: "a-key" })
  await changeCredentials(container, id, async () => ({
    sealed,
    settings: { base_url },
  }))
  const created = await socials.createSocialAccounts(
    Array.from({ length: ACCOUNTS }, (_, index) => ({
      platform_id: id,
      external_id: `account-${index}`,
      kind: "page",
      name: `Account ${index}`,
    }))
  )
  return created.map((account) => account.id)
}

/** Posts with a publication each, all for the same moment; they may be prepared from now on. */
const seed = async (
  container: MedusaContainer,
  { count, at, prefix }: Order & { kind: "seed" }
): Promise<void> => {
  accounts = accounts.length ? accounts : await seedAccounts(container)
  const knex: Knex = container.resolve(ContainerRegistrationKeys.PG_CONNECTION)
  await knex.raw(
    `INSERT INTO "social_post" ("id", "caption", "status", "scheduled_at")
     SELECT ? || n, 'Post ' || n, ?, ?::timestamptz FROM generate_series(0, ? - 1) n`,
    [`spost_${prefix}`, at ? "scheduled" : "publishing", at, count]
  )
  await knex.raw(
    `INSERT INTO "social_publication" ("id", "post_id", "account_id", "publish_at", "next_attempt_at")
     SELECT ? || n, ? || n, (?::text[])[n % ? + 1], ?::timestamptz, now()
     FROM generate_series(0, ? - 1) n`,
    [`spub_${prefix}`, `spost_${prefix}`, accounts, accounts.length, at, count]
  )
  // A store has had its posts for a while: PostgreSQL has looked at what they are like.
  await knex.raw("ANALYZE")
}

const main = async (): Promise<void> => {
  const inHand = Number(process.env.BENCH_IN_HAND)
  const container = await bootModules(engines(), {
    ...(inHand && { publishing: { lanes: inHand, in_hand: inHand } }),
    allow_private_networks: ["127.0.0.1", "::1", "localhost"],
    providers: [
      { resolve: path.join(__dirname, "publishing-provider.ts"), id: "bench" },
    ],
  })
  container
    .resolve(Modules.EVENT_BUS)
    .subscribe(
      PUBLICATIONS_DUE,
      async () => publicationsDue({ container } as never),
      { subscriberId: "social-publications-due" }
    )

  let job: NodeJS.Timeout | undefined
  let usage = process.cpuUsage()
  const obey = async (order: Order): Promise<void> => {
    switch (order.kind) {
      case "seed":
        await seed(container, order)
        return say({ kind: "seeded" })
      case "begin":
        usage = process.cpuUsage()
        if (order.wakes) {
          await publishDuePosts(container)
          job = setInterval(() => void publishDuePosts(container), JOB_MS)
        }
        return
      case "end": {
        clearInterval(job)
        await lanesIdle(container)
        const { user, system } = process.cpuUsage(usage)
        return say({ kind: "ended", processor: (user + system) / 1000 })
      }
    }
  }
  process.on("message", (order: Order) => void obey(order).catch(fail))
  say({ kind: "ready" })
}

const fail = (error: unknown): void => {
  console.error(error)
  process.exit(1)
}

process.on("disconnect", () => process.exit())
main().catch(fail)
