import { randomBytes } from "node:crypto"
import path from "node:path"
import { createTestDatabase, type TestDatabase } from "./support/database"
import {
  type OldApiConfig,
  readBeforeEncryption,
  readFormat1,
  sealAsBefore,
} from "./support/old-releases"
import { accessToken, numberOf, refreshToken } from "./support/token-log"
import { startTokenServer, type TokenServer } from "./support/token-server"
import { startWorker, type WorkerProcess } from "./support/worker-process"

type RolloutTasks = typeof import("./tasks/rollout")

jest.setTimeout(240_000)

const CLIENT_SECRET = "a-client-secret-of-the-rollout"
const OF_EACH_KIND = 4
const ALL = 1_000
const TOKENS = ["access_token", "refresh_token"] as const

const MIGRATING = {
  SOCIAL_PLATFORMS_ENCRYPTION_READING: "migrate",
  SOCIAL_PLATFORMS_ENCRYPTION_WRITING: "dual",
  SOCIAL_PLATFORMS_MINIMUM_ENVELOPE_FORMAT: "1",
}
const STRICT = {
  SOCIAL_PLATFORMS_ENCRYPTION_READING: "require-encrypted",
  SOCIAL_PLATFORMS_ENCRYPTION_WRITING: "encrypted",
  SOCIAL_PLATFORMS_MINIMUM_ENVELOPE_FORMAT: "2",
}

/** What of a row this drill looks at. */
type StoredRow = { id: string; api_config: OldApiConfig }

describe("the rollout of encryption over an old release's rows", () => {
  const key = randomBytes(32).toString("base64")
  let database: TestDatabase
  let server: TokenServer
  let release: WorkerProcess<RolloutTasks> | undefined
  let deployments = 0

  /** Ends the running release and starts the present one under a policy. */
  const deploy = async (policy: Record<string, string>) => {
    await release?.finish()
    deployments += 1
    release = startWorker<RolloutTasks>({
      name: `deployment-${deployments}`,
      tasks: path.join(__dirname, "tasks/rollout.ts"),
      env: {
        DATABASE_URL: database.url,
        TOKEN_SERVER_URL: server.url,
        ENCRYPTION_KEY: key,
        WORKER_MIGRATES: deployments === 1 ? "true" : "",
        ...policy,
      },
    })
    await release.ready
    return release
  }

  const seal = (text: string, ivLength: 12 | 16) =>
    sealAsBefore(text, key, ivLength)

  /** What each release before this one left in a row. */
  const kinds: Record<string, (id: string) => OldApiConfig> = {
    plain: (id) => ({
      access_token: accessToken(id, 1),
      refresh_token: refreshToken(id, 1),
      client_secret: CLIENT_SECRET,
    }),
    twins: (id) => ({
      access_token: accessToken(id, 1),
      refresh_token: refreshToken(id, 1),
      client_secret: CLIENT_SECRET,
      access_token_encrypted: seal(accessToken(id, 1), 16),
      refresh_token_encrypted: seal(refreshToken(id, 1), 16),
    }),
    format1: (id) => ({
      access_token_encrypted: seal(accessToken(id, 1), 12),
      refresh_token_encrypted: seal(refreshToken(id, 1), 16),
      client_secret_encrypted: seal(CLIENT_SECRET, 12),
    }),
  }
  const idsOf = (kind: string) =>
    Array.from({ length: OF_EACH_KIND }, (_, index) => `splat_${index}_${kind}`)
  const platforms = Object.keys(kinds).flatMap(idsOf).sort()

  const write = (id: string, apiConfig: OldApiConfig) =>
    database.query(
      `insert into social_platform
         (id, name, provider, api_config, token_validity, connected_at, token_expires_at)
       values ($1, $1, 'noticeboard', $2, 'true', now(), now() + interval '1 hour')
       on conflict (id) do update set api_config = excluded.api_config`,
      [id, apiConfig]
    )
  const stored = () =>
    database.query<StoredRow>(
      "select id, api_config from social_platform order by id"
    )
  /** Both tokens of a row as a reader finds them, as numbers. */
  const numbersIn = (
    { id, api_config }: StoredRow,
    read: (apiConfig: OldApiConfig, field: string) => string | undefined
  ) => ({
    platform: id,
    ...Object.fromEntries(
      TOKENS.map((field) => [
        field.replace("_token", ""),
        numberOf(read(api_config, field) ?? ""),
      ])
    ),
  })
  const newest = (ids: string[]) =>
    ids.map((platform) => ({
      platform,
      access: server.ledger.newest(platform),
      refresh: server.ledger.newest(platform),
    }))

  beforeAll(async () => {
    database = await createTestDatabase()
    server = await startTokenServer({ clientSecret: CLIENT_SECRET })
  })

  afterAll(async () => {
    await release?.kill()
    await server?.close()
    await database?.drop()
  })

  it("reads every old row under the migrating policy, and refreshes its tokens", async () => {
    const present = await deploy(MIGRATING)
    for (const [kind, make] of Object.entries(kinds)) {
      for (const id of idsOf(kind)) {
        await write(id, make(id))
      }
    }
    expect(await present.run("readTokens", { platforms })).toEqual(
      newest(platforms)
    )
    // The first of each kind, so that the old releases meet new tokens too.
    const refreshed = platforms.slice(0, Object.keys(kinds).length)
    await present.run("refreshEach", { platforms: refreshed })
    expect(server.ledger.refreshes()).toBe(refreshed.length)
    expect(await present.run("readTokens", { platforms })).toEqual(
      newest(platforms)
    )
  })

  it("re-encrypts half of the rows, beside plaintext twins", async () => {
    const outdated = (await release!.run("status", null)).outdated
    expect(outdated).toBeGreaterThan(0)
    const half = Math.floor(platforms.length / 2)
    const limit = { limit: half }
    const resealed = await release!.run("reEncrypt", { limit: half / 2 })
    const sealed = await release!.run("sealPlaintext", limit)

    for (const { changed, skipped, quarantined, next } of [resealed, sealed]) {
      expect(changed).toBeGreaterThan(0)
      expect([skipped, quarantined]).toEqual([0, []])
      expect(next).not.toBeNull()
    }
    // Half-way: some is done, and some is left.
    const { keys, outdated: left } = await release!.run("status", null)
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(outdated)
    expect(keys[0].values.format_2).toBeGreaterThan(0)
  })

  it("lets the release of format 1 find every token after a rollback", async () => {
    await release!.finish()
    const log: string[] = []
    const found = (await stored()).map((row) =>
      numbersIn(row, (apiConfig, field) =>
        readFormat1(apiConfig, field, key, (line) => log.push(line))
      )
    )
    expect(found).toEqual(newest(platforms))
    // It met what it cannot open, and fell back to the twin.
    expect(log).toContainEqual(
      expect.stringMatching(
        /^\[Token Helper\] Failed to decrypt access token: /
      )
    )
    expect(log).toContain(
      "[Token Helper] Using plaintext access_token (not encrypted). Consider re-authenticating."
    )
  })

  it("lets the release before encryption find every token that it could read before", async () => {
    const its = [...idsOf("plain"), ...idsOf("twins")].sort()
    const rows = (await stored()).filter(({ id }) => its.includes(id))
    expect(rows.map((row) => numbersIn(row, readBeforeEncryption))).toEqual(
      newest(its)
    )
    // And those that it could not, once they were rewritten.
    const rewritten = (await stored()).filter(
      ({ id, api_config }) =>
        !its.includes(id) &&
        (api_config.access_token_encrypted as { v?: number }).v === 2
    )
    expect(rewritten.length).toBeGreaterThan(0)
    expect(
      rewritten.map((row) => numbersIn(row, readBeforeEncryption))
    ).toEqual(newest(rewritten.map(({ id }) => id)))
  })

  it("goes forward again and leaves no value in an old form", async () => {
    const present = await deploy(MIGRATING)
    await present.run("reEncrypt", { limit: ALL })
    await present.run("sealPlaintext", { limit: ALL })
    expect((await present.run("status", null)).outdated).toBe(0)
    expect(await present.run("readTokens", { platforms })).toEqual(
      newest(platforms)
    )
  })

  it("ends strict, without plaintext in any row and with every token", async () => {
    const present = await deploy(STRICT)
    await present.run("sealPlaintext", { limit: ALL })
    await present.run("raiseFloor", {
      reading: "require-encrypted",
      minimum_envelope_format: 2,
    })

    for (const { api_config } of await stored()) {
      expect(Object.keys(api_config).sort()).toEqual([
        "access_token_encrypted",
        "client_secret_encrypted",
        "refresh_token_encrypted",
      ])
    }
    expect(await present.run("status", null)).toMatchObject({
      outdated: 0,
      plaintext: 0,
      unreadable: 0,
    })
    expect(await present.run("verifyAll", { limit: ALL })).toEqual({
      quarantined: 0,
      verified: [{ format: 2, key_version: 1, values: platforms.length * 3 }],
    })
    await present.run("refreshEach", { platforms })
    expect(await present.run("readTokens", { platforms })).toEqual(
      newest(platforms)
    )
    expect(server.ledger.violations).toEqual([])
  })

  it("refuses the old forms from then on, whatever the environment says", async () => {
    const [first, second] = platforms
    await write(first, kinds.plain(first))
    await write(second, kinds.format1(second))

    const present = await deploy(MIGRATING)
    expect(await present.run("refusal", { platform: first })).toBe(
      "plaintext_not_allowed"
    )
    expect(await present.run("refusal", { platform: second })).toBe(
      "legacy_not_allowed"
    )
    expect(await present.run("refusal", { platform: platforms[2] })).toBeNull()
  })
})
