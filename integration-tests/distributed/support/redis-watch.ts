import { EventEmitter, once } from "node:events"
import type { MedusaContainer } from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"

/** A connection of Medusa's own Redis client, as far as a watcher needs it. */
interface RedisConnection extends EventEmitter {
  call: (
    command: string,
    ...parameters: (string | number)[]
  ) => Promise<unknown>
  duplicate: (options?: object) => RedisConnection
  disconnect: () => void
}

export interface RedisWatch {
  /** Every command that any client has sent since, with its parameters. */
  commands: string[]
  call: RedisConnection["call"]
  /** Every key with all that is in it, as text. */
  dump: () => Promise<string[]>
  /** Waits until the commands of before are in {@link RedisWatch.commands}. */
  catchUp: () => Promise<void>
  stop: () => void
}

/** How everything in a key of each type is read. */
const READ: Record<string, (key: string) => [string, ...(string | number)[]]> =
  {
    string: (key) => ["GET", key],
    hash: (key) => ["HGETALL", key],
    list: (key) => ["LRANGE", key, 0, -1],
    set: (key) => ["SMEMBERS", key],
    zset: (key) => ["ZRANGE", key, 0, -1, "WITHSCORES"],
    stream: (key) => ["XRANGE", key, "-", "+"],
  }

const CAUGHT_UP = "redis-watch:caught-up"

/** Of other clients' commands those that come in one piece with the answer to `MONITOR` are errors to the client. */
const startMonitor = async (
  connection: RedisConnection
): Promise<RedisConnection> => {
  const monitor = connection.duplicate({ monitor: true, lazyConnect: false })
  monitor.on("error", () => undefined)
  await new Promise<void>((resolve) => monitor.once("monitoring", resolve))
  return monitor
}

/**
 * Watches the Redis of a running application from a connection of its own:
 * what is in it, and what passes through it.
 */
export const watchRedis = async (
  container: MedusaContainer
): Promise<RedisWatch> => {
  const bus = container.resolve(Modules.EVENT_BUS) as unknown as {
    eventBusRedisConnection_: RedisConnection
  }
  const connection = bus.eventBusRedisConnection_.duplicate()
  const monitor = await startMonitor(connection)
  const commands: string[] = []
  const seen = new EventEmitter()
  monitor.on("monitor", (_time: string, parameters: string[]) => {
    commands.push(parameters.join(" "))
    if (parameters.includes(CAUGHT_UP)) {
      seen.emit("caught up")
    }
  })
  const { call } = connection

  const readKey = async (key: string): Promise<string> => {
    const type = String(await connection.call("TYPE", key))
    if (type === "none") {
      return key
    }
    if (!READ[type]) {
      throw new Error(`"${key}" is a ${type}, which this search cannot read.`)
    }
    return `${key} ${JSON.stringify(await connection.call(...READ[type](key)))}`
  }

  return {
    commands,
    call: call.bind(connection),
    dump: async () => {
      const texts: string[] = []
      let cursor = "0"
      do {
        const [next, keys] = (await connection.call("SCAN", cursor)) as [
          string,
          string[],
        ]
        texts.push(...(await Promise.all(keys.map(readKey))))
        cursor = next
      } while (cursor !== "0")
      return texts
    },
    catchUp: async () => {
      const done = once(seen, "caught up")
      await connection.call("ECHO", CAUGHT_UP)
      await done
    },
    stop: () => {
      monitor.disconnect()
      connection.disconnect()
    },
  }
}
