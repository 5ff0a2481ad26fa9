import type { Knex } from "@medusajs/framework/mikro-orm/knex"
import type { MedusaContainer } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"

import { getAccessToken } from "../src/credentials/access-token/get-access-token"
import { socialsModule } from "../src/credentials/modules"
import { sealCredentials } from "../src/credentials/storage/seal"
import { changeCredentials } from "../src/credentials/storage/write"
import { bootModules } from "./boot"
import { median } from "./measure"

/*
 * The process that measures the use of a fresh token: the plugin's two modules as Medusa loads them,
 * and a bare SELECT of the same row on the same pool, in turns.
 */

const ROUNDS = 300
const CALLS = 20
const WARM_UP = 50

async function createConnected(container: MedusaContainer): Promise<string> {
  const { id } = await socialsModule(container).createSocialPlatforms({
    name: "Bench",
    provider: "sandbox",
    token_validity: "true",
  })
  const sealed = await sealCredentials(container, id, {
    access_token: "a".repeat(200),
    refresh_token: "r".repeat(200),
  })
  await changeCredentials(container, id, async () => ({
    sealed,
    columns: {
      connected_at: new Date(),
      token_expires_at: new Date(Date.now() + 7_200_000),
    },
  }))
  return id
}

/** One turn of one side, in µs for a call. */
async function turn(call: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  for (let count = 0; count < CALLS; count += 1) {
    await call()
  }
  return ((performance.now() - start) * 1000) / CALLS
}

async function main(): Promise<void> {
  const container = await bootModules({
    [Modules.LOCKING]: { resolve: "@medusajs/medusa/locking" },
  })
  const id = await createConnected(container)
  const knex: Knex = container.resolve(ContainerRegistrationKeys.PG_CONNECTION)
  const select = () =>
    knex.raw(`SELECT * FROM "social_platform" WHERE "id" = ?`, [id])
  const token = () => getAccessToken(container, id)

  const rounds: { select: number; token: number }[] = []
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const [first, second] = round % 2 ? [select, token] : [token, select]
    const [a, b] = [await turn(first), await turn(second)]
    if (round >= 0) {
      rounds.push(round % 2 ? { select: a, token: b } : { select: b, token: a })
    }
  }
  process.send?.({
    select: median(rounds.map((round) => round.select)),
    token: median(rounds.map((round) => round.token)),
    ratio: median(rounds.map((round) => round.token / round.select)),
  })
  process.disconnect()
}

main()
  .then(() => process.exit())
  .catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
