import { setTimeout as sleep } from "node:timers/promises"

import { createColumnRegistry } from "../columns"
import { knex as connect } from "@medusajs/framework/mikro-orm/knex"
import type { Knex } from "@medusajs/framework/mikro-orm/knex"

import {
  createTestDatabase,
  type TestDatabase,
} from "../../../../integration-tests/distributed/support/database"
import encryptionModule, { ENCRYPTION_MODULE } from "../index"
import type { KeyMaterial, KeySource } from "../keys/key-source"
import { createKeyring } from "../keys/keyring"
import { RESERVATION } from "../keys/nonce-budget"
import { reconcileRegistry, withMadeKeys } from "../keys/registry-start"
import { createRegistryWatch, type RegistryWatch } from "../keys/registry-watch"
import { readRegistry, SETTLING_MS } from "../keys/registry"
import keyringLoader from "../loaders/keyring"
import { Migration20261121010000 } from "../migrations/Migration20261121010000"
import { Migration20261121183000 } from "../migrations/Migration20261121183000"
import { resolvePolicy } from "../policy"
import EncryptionModuleService from "../service"
import { CONTEXT, failureOf, material } from "./support"

jest.setTimeout(60_000)

/** One process of the store: its keys, its clock, what it logged. */
type Process = {
  id: string
  watch: RegistryWatch
  service: EncryptionModuleService
  errors: string[]
  warnings: string[]
  /** Lets so many ms pass on its own clock. */
  pass: (ms: number) => void
}

const STRICT = {
  reading: "require-encrypted",
  minimum_envelope_format: 2,
} as const

/** A database whose next statement outside a transaction can be held back once it has been answered. */
const slowDatabase = (knex: Knex) => {
  let held: ((answer: Promise<unknown>) => Promise<unknown>) | undefined
  const raw = (...args: Parameters<Knex["raw"]>) => {
    const answer = knex.raw(...args)
    const hold = held
    held = undefined
    return hold ? hold(answer) : answer
  }
  const slow = new Proxy(() => undefined, {
    apply: (_, __, args: [string]) => knex(...args),
    get: (_, name) => (name === "raw" ? raw : Reflect.get(knex, name)),
  }) as unknown as Knex
  const holdNext = () => {
    let release = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    const hasSeen = new Promise<void>((resolve) => {
      held = async (answer) => {
        const seen = await answer
        resolve()
        await released
        return seen
      }
    })
    return { hasSeen, release }
  }
  return { slow, holdNext }
}

describe("the module", () => {
  it("is registered as encryption, with the loader before the service", () => {
    expect(ENCRYPTION_MODULE).toBe("encryption")
    expect(encryptionModule.service).toBe(EncryptionModuleService)
    expect(encryptionModule.loaders).toEqual([keyringLoader])
  })
})

describe("the key registry", () => {
  let database: TestDatabase
  let knex: Knex
  let processes: Process[] = []

  const runMigrations = async (
    migrations: (typeof Migration20261121010000)[]
  ) => {
    for (const Migration of migrations) {
      const migration = new Migration({} as never, {} as never)
      await migration.up()
      for (const statement of migration.getQueries()) {
        await knex.raw(String(statement))
      }
    }
  }
  const sql = async (statement: string) => (await knex.raw(statement)).rows

  beforeEach(async () => {
    database = await createTestDatabase()
    knex = connect({ client: "pg", connection: database.url })
    await runMigrations([Migration20261121010000, Migration20261121183000])
  })
  afterEach(async () => {
    await Promise.all(processes.map(({ watch }) => watch.stop()))
    processes = []
    await knex.destroy()
    await database.drop()
  })

  /** Starts a process as the loader does. */
  const start = async (
    keys: KeyMaterial[],
    {
      isGuess = false,
      accepted,
      policy = {},
      source = {},
      database = knex,
    }: {
      isGuess?: boolean
      accepted?: string
      policy?: NodeJS.ProcessEnv
      source?: Partial<KeySource>
      /** What it reads the registry through. */
      database?: Knex
    } = {}
  ): Promise<Process> => {
    const id = `process-${processes.length + 1}`
    const errors: string[] = []
    const warnings: string[] = []
    let time = 0
    const keySource: KeySource = {
      name: "test",
      active_is_a_guess: isGuess,
      load: async () => keys,
      ...source,
    }
    const configured = createKeyring(keys)
    const named = isGuess ? null : configured.active!.version
    const registered = (await readRegistry(knex))?.keys ?? []
    const keyring = await withMadeKeys(configured, keySource, registered)
    const snapshot = await reconcileRegistry(knex, keyring, {
      selfId: id,
      named,
      accepted,
      warn: (message) => warnings.push(message),
    })
    const watch = createRegistryWatch(database, keyring, snapshot, {
      selfId: id,
      source: keySource,
      named,
      onError: ({ message }) => errors.push(message),
      onWarning: (message) => warnings.push(message),
      now: () => time,
    })
    const service = new EncryptionModuleService({
      encryptionRotation: null,
      encryptionKeySource: keySource,
      encryptionRegistry: watch,
      encryptionPolicy: resolvePolicy({}, policy),
      encryptionReadingConfigured: false,
      encryptionColumns: createColumnRegistry(knex, []),
    })
    await service.__hooks.onApplicationStart()
    const started = {
      id,
      watch,
      service,
      errors,
      warnings,
      pass: (ms: number) => {
        time += ms
      },
    }
    processes.push(started)
    return started
  }

  /** As after a process was killed, and the others have forgotten it. */
  const forget = ({ watch }: Process) => watch.stop()
  const settle = () =>
    sql(
      `update encryption_key set promoted_at = now() - interval '5 minutes' where state = 'active'`
    )
  const states = async () =>
    Object.fromEntries(
      (await sql("select version, state from encryption_key")).map(
        ({ version, state }: { version: number; state: string }) => [
          version,
          state,
        ]
      )
    )
  const both = () => [material(1), material(2, "pending")]
  const refusalOf = async ({ service }: Process): Promise<string | undefined> =>
    (await service.sealingRefusal())?.code

  it("lets a process without the active key open and not seal, and tells why", async () => {
    const old = await start([material(1)])
    const envelope = await old.service.encrypt("a token", CONTEXT)
    const fresh = await start(both())
    await forget(old)
    await fresh.service.promoteKey(2)
    await fresh.service.raisePolicyFloor(STRICT)

    old.pass(31_000)
    expect((await old.service.decrypt(envelope, CONTEXT)).reveal()).toBe(
      "a token"
    )
    const error = await failureOf(() => old.service.encrypt("x", CONTEXT))
    expect(error.code).toBe("active_key_missing")
    expect(error.message).toMatch(/Key version 2 .*ENCRYPTION_KEY_V2/)
    expect(await refusalOf(old)).toBe("active_key_missing")
    expect(old.errors).toEqual([error.message])
    expect(await old.service.policy()).toMatchObject(STRICT)
    expect(await old.service.activeKeyVersion()).toBe(2)

    await old.watch.start()
    const seen = await fresh.service.processes()
    expect(seen.find(({ id }) => id === old.id)?.refusal).toBe(
      "active_key_missing"
    )
  })

  it("retires a key in a process that does not have its successor", async () => {
    const old = await start([material(1)])
    const envelope = await old.service.encrypt("a token", CONTEXT)
    const fresh = await start(both())
    await forget(old)
    await fresh.service.promoteKey(2)
    await settle()
    expect(await fresh.service.retireKey(1)).toBe(true)

    old.pass(31_000)
    const error = await failureOf(() => old.service.decrypt(envelope, CONTEXT))
    expect(error.code).toBe("key_retired")
  })

  it("seals with the new key right after a promotion, although a read was under way", async () => {
    const { slow, holdNext } = slowDatabase(knex)
    const { service, watch, pass } = await start(both(), { database: slow })
    for (const version of [2, 1, 2]) {
      // A read in the background that has seen the registry of before, and
      // takes longer than the promotion.
      const { hasSeen, release } = holdNext()
      pass(6_000)
      await watch.state()
      await hasSeen
      const promoting = service.promoteKey(version)
      while ((await states())[version] !== "active") {
        await sleep(5)
      }
      release()
      await promoting
      const { keyVersion } = await service.encrypt("x", CONTEXT)
      expect(keyVersion).toBe(version)
    }
  })

  it("refuses to promote and to retire until every running process has the key", async () => {
    const old = await start([material(1)])
    const fresh = await start(both())
    const early = await failureOf(() => fresh.service.promoteKey(2, "user_1"))
    expect(early.code).toBe("key_not_everywhere")
    expect(early.message).toMatch(
      /Key version 2 is missing in a running process: process \d+ on .*, with key version 1, seen \d+ s ago/
    )
    await old.watch.stop()
    await fresh.service.promoteKey(2, "user_1")

    await settle()
    const late = await start(both())
    await sql(
      `update encryption_process set keys = '[{"version":1,"kid":"x"}]' where id = '${late.id}'`
    )
    expect(
      (await failureOf(() => fresh.service.retireKey(1, "user_1"))).code
    ).toBe("key_not_everywhere")
    expect(await states()).toEqual({ 1: "decrypt_only", 2: "active" })
    await forget(late)
    expect(await fresh.service.retireKey(1, "user_1")).toBe(true)

    const { events } = await fresh.service.listAudit({ limit: 10, offset: 0 })
    expect(
      events.map(({ type, actor_id, details }) => [type, actor_id, details])
    ).toEqual([
      ["key_retired", "user_1", { key_version: 1 }],
      ["key_promoted", "user_1", { key_version: 2, before: 1 }],
      ["key_registered", null, expect.objectContaining({ key_version: 2 })],
      ["key_promoted", null, { by: "start", key_version: 1, before: null }],
      ["key_registered", null, expect.objectContaining({ key_version: 1 })],
    ])
    await expect(sql("delete from encryption_event")).rejects.toThrow(
      /append-only/
    )
    await expect(
      sql("update encryption_event set actor_id = null")
    ).rejects.toThrow(/append-only/)
  })

  it("waits for no script that has ended, and for a server that was not heard of for half a minute", async () => {
    const { service } = await start(both())
    const plant = (id: string, age: string, silence: string) =>
      sql(
        `insert into encryption_process (id, host, pid, keys, started_at, seen_at)
         values ('${id}', 'shop', 7, '[{"version":1,"kid":"x"}]', now() - interval '${age}', now() - interval '${silence}')`
      )
    await plant("script", "40 seconds", "30 seconds")
    expect((await service.processes()).map(({ id }) => id)).not.toContain(
      "script"
    )
    await plant("server", "1 hour", "30 seconds")
    const error = await failureOf(() => service.promoteKey(2))
    expect(error.code).toBe("key_not_everywhere")
    await sql("delete from encryption_process where id = 'server'")
    await service.promoteKey(2)
  })

  it("hears of a process every few seconds at first, so that a script's end is known soon", async () => {
    const { id } = await start(both())
    await sql(
      "update encryption_process set seen_at = now() - interval '1 hour'"
    )
    const deadline = Date.now() + 20_000
    const isHeard = async () =>
      (
        await sql(
          `select 1 from encryption_process where id = '${id}' and seen_at > now() - interval '1 minute'`
        )
      ).length > 0
    while (!(await isHeard()) && Date.now() < deadline) {
      await sleep(200)
    }
    expect(await isHeard()).toBe(true)
  })

  it("waits before it retires by the database's clock alone", async () => {
    const { service, pass } = await start(both())
    await service.promoteKey(2)
    pass(10 * SETTLING_MS)
    expect(await service.retireKey(1)).toBe(false)
    await settle()
    expect(await service.retireKey(1)).toBe(true)
  })

  describe("when something else writes to it", () => {
    const changes: [string, string][] = [
      [
        "a retired key is made active",
        `update encryption_key set state = 'decrypt_only' where state = 'active';
         update encryption_key set state = 'active' where version = 1`,
      ],
      [
        "a retired key is brought back",
        "update encryption_key set state = 'decrypt_only' where version = 1",
      ],
      ["a key's row vanishes", "delete from encryption_key where version = 1"],
      ["the floor's row vanishes", "delete from encryption_policy_floor"],
      [
        "the floor is lowered",
        "update encryption_policy_floor set reading = 'migrate'",
      ],
      ["the signature vanishes", "delete from encryption_registry"],
      [
        "the signature is erased",
        "update encryption_registry set mac = null, revision = 0",
      ],
      [
        "a key is added",
        "insert into encryption_key (version, kid, state) values (9, 'k', 'pending')",
      ],
    ]
    const rotated = async () => {
      const running = await start(both())
      await running.service.raisePolicyFloor(STRICT)
      await running.service.promoteKey(2)
      await settle()
      await running.service.retireKey(1)
      return running
    }

    it.each(changes)(
      "a running process believes nothing of it and stops sealing: %s",
      async (_, statement) => {
        const running = await rotated()
        const sealed = await running.service.encrypt("a token", CONTEXT)
        await sql(statement)
        running.pass(31_000)
        expect(await refusalOf(running)).toBe("registry_untrusted")
        expect(running.errors).toEqual([
          expect.stringMatching(/key registry was changed by something other/),
        ])
        expect(await running.service.policy()).toMatchObject(STRICT)
        expect(await running.service.keyVersions()).toMatchObject([
          { version: 1, state: "retired" },
          { version: 2, state: "active" },
        ])
        const opened = await running.service.decrypt(sealed, CONTEXT)
        expect(opened.reveal()).toBe("a token")
        const change = await failureOf(() => running.service.promoteKey(2))
        expect(change.code).toBe("registry_untrusted")
      }
    )

    it.each(changes.filter(([name]) => name !== "the signature is erased"))(
      "a start is refused, and says what to do: %s",
      async (_, statement) => {
        await rotated()
        await sql(statement)
        const error = await failureOf(() => start([material(2)]))
        expect(error.code).toBe("registry_untrusted")
        expect(error.message).toMatch(
          /restore them.*SOCIAL_PLATFORMS_ACCEPT_KEY_REGISTRY=[0-9a-f]{16}/
        )
      }
    )

    it.each([
      [
        "the row of key version 1 is gone",
        "delete from encryption_key where version = 1",
      ],
      [
        "the row of the policy floor is gone",
        "delete from encryption_policy_floor",
      ],
      [
        "the retired key version 1 is back",
        "update encryption_key set state = 'decrypt_only' where version = 1",
      ],
    ])(
      "a running process believes nothing of it, though another's start was told to accept it: %s",
      async (reason, statement) => {
        const running = await rotated()
        await sql(statement)
        const { message } = await failureOf(() => start([material(2)]))
        const accepted = /=([0-9a-f]{16})/.exec(message)![1]
        await start([material(2)], { accepted })
        running.pass(31_000)
        expect(await refusalOf(running)).toBe("registry_untrusted")
        expect(running.errors).toEqual([expect.stringContaining(reason)])
        expect(await running.service.policy()).toMatchObject(STRICT)
      }
    )

    it("goes on when it is put right again", async () => {
      const running = await rotated()
      await sql("update encryption_policy_floor set reading = 'warn'")
      running.pass(31_000)
      expect(await refusalOf(running)).toBe("registry_untrusted")
      await sql(
        "update encryption_policy_floor set reading = 'require-encrypted'"
      )
      running.pass(31_000)
      expect(await refusalOf(running)).toBeUndefined()
    })

    it("is not fooled by a whole registry of before", async () => {
      const running = await start(both())
      const [before] = await sql("select * from encryption_registry")
      await running.service.promoteKey(2)
      await sql(
        `update encryption_key set state = 'decrypt_only' where version = 2;
         update encryption_key set state = 'pending', promoted_at = null where version = 2;
         update encryption_key set state = 'active' where version = 1;
         update encryption_registry set revision = ${before.revision}, mac = '${before.mac}', mac_key_version = 1`
      )
      running.pass(31_000)
      expect(running.errors).toEqual([])
      expect(await refusalOf(running)).toBe("registry_untrusted")
      expect(running.errors).toEqual([
        expect.stringMatching(/older than it was before/),
      ])
    })

    it("accepts just the registry that an operator names, for one start", async () => {
      await rotated()
      await sql("delete from encryption_policy_floor")
      const { message } = await failureOf(() => start([material(2)]))
      const accepted = /=([0-9a-f]{16})/.exec(message)![1]
      const restarted = await start([material(2)], { accepted })
      expect(await refusalOf(restarted)).toBeUndefined()
      const { events } = await restarted.service.listAudit({
        limit: 1,
        offset: 0,
      })
      expect(events[0]).toMatchObject({ type: "registry_accepted" })

      await sql("update encryption_key set state = 'pending' where version = 1")
      expect(
        (await failureOf(() => start([material(2)], { accepted }))).code
      ).toBe("registry_untrusted")
    })
  })

  it("signs the registry of a release that did not, and says so", async () => {
    await start([material(1)])
    await sql(
      `update encryption_registry set revision = 0, mac = null, mac_key_version = null`
    )
    const { warnings, service } = await start([material(1)])
    expect(warnings).toEqual([
      expect.stringMatching(/release that did not sign it, and is signed/),
    ])
    expect(
      (await service.listAudit({ limit: 1, offset: 0 })).events[0].type
    ).toBe("registry_signed")
    expect((await start([material(1)])).warnings).toEqual([])
  })

  it("works over the registry of a release before, until it is migrated, and then", async () => {
    await knex.raw("drop table encryption_registry, encryption_process cascade")
    await sql(
      `insert into encryption_key (version, kid, state, promoted_at)
       values (1, '${createKeyring([material(1)]).active!.kid}', 'active', now())`
    )
    await sql(
      `insert into encryption_policy_floor (reading) values ('require-encrypted')`
    )
    const early = await start([material(1)], {
      policy: { SOCIAL_PLATFORMS_ENCRYPTION_READING: "migrate" },
    })
    expect((await early.service.policy()).reading).toBe("require-encrypted")
    await runMigrations([Migration20261121183000])
    const { service } = await start([material(1)])
    expect((await service.encrypt("x", CONTEXT)).keyVersion).toBe(1)
  })

  it("forces encrypted writing where the floor forbids plaintext, whatever the environment says", async () => {
    const { service } = await start([material(1)], {
      policy: { SOCIAL_PLATFORMS_ENCRYPTION_WRITING: "dual" },
    })
    expect((await service.policy()).writing).toBe("dual")
    await service.raisePolicyFloor(STRICT)
    expect((await service.policy()).writing).toBe("encrypted")
  })

  describe("at a start", () => {
    it("keeps the active key where the source only guesses, also with a higher version", async () => {
      await forget(await start([material(1)], { isGuess: true }))
      const { service } = await start(
        [material(1, "decrypt_only"), material(2)],
        { isGuess: true }
      )
      expect(await service.activeKeyVersion()).toBe(1)
      expect(await states()).toEqual({ 1: "active", 2: "pending" })
    })

    it("promotes the version that an operator names once every running process has it", async () => {
      const first = await start([material(1)])
      const named = () => [material(1, "decrypt_only"), material(2)]
      const second = await start(named())
      expect(second.warnings).toEqual([
        expect.stringMatching(/Key version 2 is missing in a running process/),
      ])
      expect(await second.service.activeKeyVersion()).toBe(1)

      await first.watch.stop()
      second.pass(31_000)
      await second.watch.start()
      expect(await second.service.activeKeyVersion()).toBe(2)

      // An environment of before does not undo it.
      const third = await start(both())
      expect(await third.service.activeKeyVersion()).toBe(2)
    })

    it("stops without the active key, and goes on without it only if told that it is lost", async () => {
      const first = await start([material(1)])
      await first.watch.stop()
      const error = await failureOf(() => start([material(2)]))
      expect(error.code).toBe("active_key_missing")
      const accepted = /=([0-9a-f]{16})/.exec(error.message)![1]
      const { service } = await start([material(2)], { accepted })
      expect(await service.activeKeyVersion()).toBe(2)
    })

    it("refuses other key material under a known version", async () => {
      await start(both())
      const error = await failureOf(() =>
        start([material(1), material(2, "pending", 7)])
      )
      expect(error.message).toMatch(/version 2 .* other key material/)
    })
  })

  it("has counted what a process sealed that ends without a word", async () => {
    const first = await start([material(1)])
    for (let round = 0; round < 10; round += 1) {
      await first.service.encrypt("x", CONTEXT)
    }
    const count = async () =>
      Number(
        (await sql("select encrypt_count from encryption_key"))[0].encrypt_count
      )
    expect(await count()).toBe(RESERVATION)

    // An orderly end gives back what was not used.
    await first.service.__hooks.onApplicationShutdown()
    expect(await count()).toBe(10)

    const second = await start([material(1)])
    const reEncrypt = await second.service.reEncrypter()
    const envelope = await second.service.encrypt("x", CONTEXT)
    for (let round = 0; round < 3 * RESERVATION; round += 1) {
      reEncrypt(JSON.stringify(envelope), CONTEXT)
    }
    await second.service.__hooks.onApplicationShutdown()
    expect(await count()).toBe(11 + 3 * RESERVATION)
  })

  it("goes on with what it knows while the registry cannot be read, and seals nothing after a minute", async () => {
    const running = await start([material(1)])
    const envelope = await running.service.encrypt("a token", CONTEXT)
    const rename = (from: string, to: string) =>
      sql(`alter table encryption_policy_floor rename ${from} to ${to}`)
    await rename("reading", "reading_elsewhere")
    running.pass(31_000)
    await running.service.encrypt("x", CONTEXT)
    running.pass(31_000)
    expect(await refusalOf(running)).toBe("registry_unreadable")
    expect(running.errors).toHaveLength(1)
    expect((await running.service.decrypt(envelope, CONTEXT)).reveal()).toBe(
      "a token"
    )
    await rename("reading_elsewhere", "reading")
    running.pass(31_000)
    expect(await refusalOf(running)).toBeUndefined()
  })

  it("follows a key that another process had made, without a restart", async () => {
    const made = new Map<string, Buffer>()
    const source: Partial<KeySource> = {
      make: async (version) => {
        made.set(`wrapped-${version}`, material(version).secret)
        return { version, wrapped: `wrapped-${version}`, kek_id: "kek" }
      },
      unwrap: async ({ wrapped }) => Buffer.from(made.get(wrapped)!),
    }
    const first = await start([material(1)], { isGuess: true, source })
    const second = await start([material(1)], { isGuess: true, source })
    expect(await first.service.makeKey("user_1")).toBe(2)
    expect((await failureOf(() => first.service.promoteKey(2))).code).toBe(
      "key_not_everywhere"
    )

    second.pass(31_000)
    await second.watch.start()
    await first.service.promoteKey(2)
    second.pass(31_000)
    expect((await second.service.encrypt("x", CONTEXT)).keyVersion).toBe(2)

    const third = await start([material(1)], { isGuess: true, source })
    expect((await third.service.encrypt("x", CONTEXT)).keyVersion).toBe(2)
  })
})
