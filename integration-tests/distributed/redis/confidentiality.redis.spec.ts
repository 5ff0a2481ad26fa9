import type { MedusaContainer } from "@medusajs/framework/types"
import { medusaIntegrationTestRunner } from "@medusajs/test-utils"
import { getAccessToken } from "../../../src/credentials"
import { type Admin, createAdmin } from "../../http/support/application"
import {
  type EchoNetwork,
  MARK,
  startEchoNetwork,
} from "../../http/support/echo-network"
import { eventually } from "../../http/support/eventually"
import { marked, type MarkedLife } from "../../http/support/platform-lifetime"
import {
  type PictureServer,
  startPictureServer,
} from "../../http/support/pictures"
import { leaksOf } from "../../http/support/watch"
import { type RedisWatch, watchRedis } from "../support/redis-watch"

jest.setTimeout(180_000)

const CALLERS = 20

/** What went wrong for a caller, who got a token or a status; or null. */
const failureOf = (
  outcome: PromiseSettledResult<string | number>
): string | null => {
  if (outcome.status === "rejected") {
    return String(outcome.reason)
  }
  const { value } = outcome
  return typeof value === "number" && value !== 200 ? `answered ${value}` : null
}

/*
 * The application with all of Medusa's engines for Redis: locks, events,
 * workflows and the cache.
 */
medusaIntegrationTestRunner({
  // A refused token is used again and again here: it must not be erased.
  env: { LOG_TOKEN_OPERATIONS: "true", AUTO_CLEAR_INVALID_TOKENS: "false" },
  testSuite: ({ api, getContainer }) => {
    let admin: Admin
    let network: EchoNetwork
    let pictures: PictureServer
    let redis: RedisWatch
    let life: MarkedLife
    let container: MedusaContainer

    beforeAll(async () => {
      container = getContainer()
      admin = await createAdmin(api, container, "ada@example.com")
      network = await startEchoNetwork()
      pictures = await startPictureServer()
      redis = await watchRedis(container)
      life = marked({ container, admin, unwatched: admin, network, pictures })
    })
    afterAll(async () => {
      redis.stop()
      await Promise.all([network.close(), pictures.close()])
    })

    const secrets = () => [
      MARK,
      process.env.ENCRYPTION_KEY!,
      ...life.states,
      ...network.verifiers.filter(Boolean),
    ]

    /** All callers at once, who find that the token has ended. */
    const callAtOnce = (id: string) =>
      Promise.allSettled(
        Array.from({ length: CALLERS }, (_, caller) =>
          caller % 2
            ? getAccessToken(container, id).then((token) => token.reveal())
            : life.sync(id).then(({ status }) => status)
        )
      )

    it("leaves no token in Redis, neither in a key nor on its way", async () => {
      const id = await life.create()
      expect((await life.connect(id)).status).toBe(200)
      expect((await life.sync(id)).status).toBe(200)
      const published = await life.publish(id)
      expect(published.status).toBe("published")

      await life.expire(id)
      const refreshes = network.verifiers.length
      const outcomes = await callAtOnce(id)
      expect(outcomes.map(failureOf).filter(Boolean)).toEqual([])
      expect(network.verifiers).toHaveLength(refreshes + 1)
      expect(leaksOf([MARK], [JSON.stringify(outcomes)])).toHaveLength(1)
      expect(leaksOf(secrets(), await redis.dump())).toEqual([])

      network.misbehave("/token", "refuses")
      await life.expire(id)
      const refusals = await callAtOnce(id)
      expect(refusals.map(failureOf)).not.toContain(null)
      await life.expire(id)
      expect(await life.endure(id)).toEqual([])
      expect((await life.remove(id)).status).toBe(200)

      // Events are in a queue: whoever listens may still be at them.
      await eventually(async () => {
        await redis.catchUp()
        expect(redis.commands.join("\n")).toContain("social_platform.deleted")
      })
      expect(leaksOf(secrets(), await redis.dump())).toEqual([])
      expect(leaksOf(secrets(), redis.commands)).toEqual([])

      // The engines that carry the plugin's data were at work, and seen at it.
      expect(redis.commands.join("\n")).toContain("social_platform.connected")
      expect(redis.commands.join("\n")).toContain("publish-post")
    })

    it("would find a token in a key of any type, and on its way, in any disguise", async () => {
      const disguises = [
        MARK,
        `{"token":"${Buffer.from(`x${MARK}x`).toString("base64")}"}`,
        Buffer.from(`xy${MARK}`).toString("base64url"),
        Buffer.from(MARK).toString("hex"),
      ]
      await redis.catchUp()
      const before = redis.commands.length
      for (const disguise of disguises) {
        const planted: [string, ...string[]][] = [
          ["SET", "planted:string", disguise],
          ["HSET", "planted:hash", "field", disguise],
          ["RPUSH", "planted:list", disguise],
          ["SADD", "planted:set", disguise],
          ["ZADD", "planted:zset", "1", disguise],
          ["XADD", "planted:stream", "*", "field", disguise],
          ["SET", `planted:${disguise}`, "in its name"],
        ]
        for (const command of planted) {
          await redis.call(...command)
        }
        expect(leaksOf([MARK], await redis.dump())).toHaveLength(planted.length)
        await redis.call("DEL", ...planted.map(([, key]) => key))
      }
      expect(leaksOf([MARK], await redis.dump())).toEqual([])
      await redis.catchUp()
      const found = leaksOf([MARK], redis.commands.slice(before))
      // The name in the last row is said again to read and delete its key.
      expect(found.length).toBeGreaterThanOrEqual(disguises.length * 7)
    })
  },
})
