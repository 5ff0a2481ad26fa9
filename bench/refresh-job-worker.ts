import { setTimeout as sleep } from "node:timers/promises"

import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  generateEntityId,
  Modules,
} from "@medusajs/framework/utils"

import { refreshDueTokens } from "../src/credentials/health/maintenance"
import { sealCredentials } from "../src/credentials/storage/seal"
import { bootModules } from "./boot"
import {
  type Burst,
  HANGING,
  type Outcome,
  PLATFORMS,
  PROVIDERS,
  type Round,
  RUN_MS,
} from "./refresh-job-plan"

/*
 * The process that runs the refresh job: the plugin's two modules as Medusa loads them, over
 * platforms whose tokens are due.
 */

/** An even number, so that each side comes first equally often. */
const ROUNDS = 8

/** Length of one side of a round, in ms: the hanging requests last for all of it. */
const WINDOW_MS = 6_000

/** More than are refreshed within a window. */
const DUE_IN_A_WINDOW = 2_000

const HANGING_PLATFORMS = 100

/** Longer than a refresh takes. */
const SETTLE_MS = 1_500

const ROWS_PER_INSERT = 1_000

const SECRET_LENGTH = 200

/** Connected platforms whose tokens live for another hour. */
async function seed(
  container: MedusaContainer,
  knex: Knex,
  count: number,
  providers: readonly string[]
): Promise<void> {
  for (let done = 0; done < count; done += ROWS_PER_INSERT) {
    const rows = await Promise.all(
      Array.from(
        { length: Math.min(ROWS_PER_INSERT, count - done) },
        async (_, index) => {
          const id = generateEntityId(undefined, "splat")
          const { access_token, refresh_token } = await sealCredentials(
            container,
            id,
            {
              access_token: "a".repeat(SECRET_LENGTH),
              refresh_token: "r".repeat(SECRET_LENGTH),
            }
          )
          return {
            id,
            name: `Shop ${done + index}`,
            provider: providers[index % providers.length],
            auth_type: "oauth2",
            status: "active",
            token_validity: "true",
            connected_at: new Date(),
            key_version: 1,
            api_config: JSON.stringify({
              access_token_encrypted: access_token,
              refresh_token_encrypted: refresh_token,
            }),
          }
        }
      )
    )
    await knex("social_platform").insert(rows)
  }
  await knex.raw(`VACUUM ANALYZE "social_platform"`)
}

/** Makes tokens due, which end between now and in an hour; all others are not due. */
async function makeDue(
  knex: Knex,
  providers: readonly string[],
  count: number
): Promise<void> {
  await knex.raw(
    `UPDATE "social_platform" SET "next_refresh_at" = NULL, "token_expires_at" = NULL,
       "consecutive_failures" = 0, "last_error" = NULL, "last_refreshed_at" = NULL
     WHERE "next_refresh_at" IS NOT NULL OR "last_refreshed_at" IS NOT NULL`
  )
  await knex.raw(
    `WITH chosen AS (
       SELECT "id", row_number() OVER (PARTITION BY "provider" ORDER BY "id") AS position
       FROM "social_platform" WHERE "provider" = ANY(?))
     UPDATE "social_platform" platform SET "next_refresh_at" = now(),
       "token_expires_at" = now() + (position * ? / ?::float) * interval '1 hour'
     FROM chosen WHERE chosen."id" = platform."id" AND position <= ?`,
    [
      [...providers],
      providers.length,
      count,
      Math.ceil(count / providers.length),
    ]
  )
}

async function countRefreshed(knex: Knex): Promise<number> {
  const { rows } = await knex.raw(
    `SELECT count(*)::int AS refreshed FROM "social_platform"
     WHERE "last_refreshed_at" IS NOT NULL`
  )
  return rows[0].refreshed
}

/** Runs the job, as often as it takes, over all platforms at once. */
async function measureBurst(
  container: MedusaContainer,
  knex: Knex
): Promise<Burst> {
  await makeDue(knex, PROVIDERS, PLATFORMS)
  const usage = process.cpuUsage()
  const start = performance.now()
  let failed = 0
  let didSomething = true
  while (didSomething) {
    const report = await refreshDueTokens(container, Date.now() + RUN_MS)
    failed += report.failed
    didSomething = report.done + report.failed > 0
  }
  const milliseconds = performance.now() - start
  const { user, system } = process.cpuUsage(usage)
  const { rows } = await knex.raw(
    `SELECT count(*)::int AS late FROM "social_platform"
     WHERE "provider" = ANY(?) AND ("last_refreshed_at" IS NULL OR "token_expires_at" <= now())`,
    [PROVIDERS]
  )
  return {
    // What had begun by the end of a run is done after it.
    refreshed: await countRefreshed(knex),
    failed,
    milliseconds,
    processor: (user + system) / 1000,
    late: rows[0].late,
  }
}

/**
 * How many tokens of the healthy providers are refreshed in a window.
 *
 * @param others - providers whose tokens are due beside theirs
 */
async function measureWindow(
  container: MedusaContainer,
  knex: Knex,
  others: readonly string[]
): Promise<number> {
  await makeDue(knex, PROVIDERS, DUE_IN_A_WINDOW)
  if (others.length) {
    await knex("social_platform")
      .whereIn("provider", others)
      .update({ next_refresh_at: knex.fn.now() })
  }
  await refreshDueTokens(container, Date.now() + WINDOW_MS)
  const refreshed = await countRefreshed(knex)
  // What had begun by then comes to its end.
  await sleep(SETTLE_MS)
  return refreshed
}

async function measureRounds(
  container: MedusaContainer,
  knex: Knex
): Promise<Round[]> {
  const healthy = () => measureWindow(container, knex, [])
  const hanging = () => measureWindow(container, knex, [HANGING])
  const rounds: Round[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const [first, second] = round % 2 ? [hanging, healthy] : [healthy, hanging]
    const [a, b] = [await first(), await second()]
    rounds.push(
      round % 2 ? { healthy: b, hanging: a } : { healthy: a, hanging: b }
    )
  }
  return rounds
}

async function main(): Promise<void> {
  const endpoint = process.env.TOKEN_ENDPOINT_URL
  const container = await bootModules(
    {
      [Modules.EVENT_BUS]: { resolve: "@medusajs/medusa/event-bus-local" },
      [Modules.LOCKING]: { resolve: "@medusajs/medusa/locking" },
    },
    {
      allow_private_networks: ["127.0.0.1", "::1", "localhost"],
      provider_config: Object.fromEntries(
        [...PROVIDERS, HANGING].map((provider) => [
          provider,
          {
            client_id: "shop",
            client_secret: "the-shop's",
            token_endpoint: `${endpoint}/${provider}/token`,
          },
        ])
      ),
    }
  )
  const knex: Knex = container.resolve(ContainerRegistrationKeys.PG_CONNECTION)
  await seed(container, knex, PLATFORMS, PROVIDERS)
  await seed(container, knex, HANGING_PLATFORMS, [HANGING])

  const burst = await measureBurst(container, knex)
  const rounds = await measureRounds(container, knex)
  process.send?.({ burst, rounds } satisfies Outcome)
  process.disconnect()
}

main()
  .then(() => process.exit())
  .catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
