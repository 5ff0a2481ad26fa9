import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { newSecret } from "../env-file"
import type { Account, Platform } from "./admin-api"
import { dumpDatabase, readPlatformRow } from "./database"
import { publish, readBack } from "./publish-story"
import { expectEqual, expectThat, type Report, type Show } from "./report"
import type { Stage } from "./stage"
import { collectTokens, openToken, tokenNames } from "./tokens"

const secondPost = {
  caption: "Sealed under a new key, published as before",
  link: "https://shop.example.com/rotation",
  altText: "The red scarf once more",
}

/** Changes the key, has the tokens renewed under the new one, and publishes again. */
export async function rotationStory(
  report: Report,
  stage: Stage,
  platform: Platform,
  account: Account
): Promise<void> {
  await report.step(
    "Medusa restarts with a new key, version 2; the first one only opens",
    (show) => rotate(stage, platform.id, show)
  )

  const published = await report.step(
    "The access token ends; publishing renews it, sealed under version 2",
    async (show) => {
      await waitForEnd(stage, platform.id, show)
      const post = await publish(stage, platform.id, account, secondPost, show)
      await showRenewal(stage, platform.id, show)
      return post
    }
  )
  await report.step("The second post is read back from the network", (show) =>
    readBack(stage, platform.id, account, secondPost, published, show)
  )
}

async function rotate(stage: Stage, id: string, show: Show): Promise<void> {
  stage.dumps.push(await dumpDatabase(stage.database, "before the rotation"))

  const first = stage.keys.ENCRYPTION_KEY
  const second = newSecret()
  stage.secrets.add("encryption key 2", Buffer.from(second, "base64"))
  stage.keys = {
    ENCRYPTION_KEY: second,
    ENCRYPTION_KEY_VERSION: "2",
    ENCRYPTION_KEY_V1: first,
  }
  await stage.store.start(stage.keys)
  show(
    "ENCRYPTION_KEY_VERSION=2, ENCRYPTION_KEY new, ENCRYPTION_KEY_V1 the first"
  )

  const platform = await retrieve(stage, id)
  expectEqual("the row's key_version", platform.key_version, 1)
  expectEqual("its connection", platform.connection, "connected")
  show(`${id}: ${platform.connection}, key_version ${platform.key_version}`)
}

async function waitForEnd(stage: Stage, id: string, show: Show): Promise<void> {
  const { token_expires_at } = await retrieve(stage, id)
  const { opened } = await collectTokens(stage, id)
  const remaining = Date.parse(token_expires_at) - Date.now()
  await sleep(Math.max(0, remaining) + 1_000)
  expectThat(
    "the network takes the first access token no more",
    !(await stage.sandbox.isLive(opened.access_token))
  )
  show(`The access token ended at ${token_expires_at}`)
}

async function showRenewal(
  stage: Stage,
  id: string,
  show: Show
): Promise<void> {
  const row = await readPlatformRow(stage.database, id)
  expectEqual("the row's key_version", row.key_version, 2)
  const platform = await retrieve(stage, id)
  expectThat("the time of the refresh is kept", !!platform.last_refreshed_at)
  show(`last_refreshed_at: ${platform.last_refreshed_at}`)

  const log = readFileSync(stage.store.logFile(), "utf8")
  const renewal = [
    "[TOKEN_DECRYPT] outcome=ok table=social_platform field=refresh_token " +
      `row=${id} key_version=1`,
    ...tokenNames.map(
      (name) =>
        `[TOKEN_ENCRYPT] outcome=ok table=social_platform field=${name} ` +
        `row=${id} key_version=2`
    ),
  ]
  show("Medusa's log:")
  for (const line of renewal) {
    expectThat(`the log says “${line}”`, log.includes(line))
    show(`  ${line}`)
  }

  const { sealed, opened } = await collectTokens(stage, id)
  const { ENCRYPTION_KEY_V1: first, ...secondOnly } = stage.keys
  for (const name of tokenNames) {
    const { keyVersion, kid, encrypted } = sealed[name]
    expectEqual(`keyVersion of ${name}`, keyVersion, 2)
    expectThat(
      `the new ${name} is valid`,
      await stage.sandbox.isLive(opened[name])
    )
    expectEqual(
      `${name} without the first key`,
      await openToken(secondOnly, sealed[name], id, name),
      opened[name]
    )
    show(
      `${name}_encrypted: keyVersion ${keyVersion}, kid ${kid}, ${encrypted}`
    )
  }
  show("Both open with the second key alone")

  const withFirst = await openToken(
    { ENCRYPTION_KEY: first },
    sealed.access_token,
    id,
    "access_token"
  ).then(
    () => "it opened",
    (error: { code: string }) => error.code
  )
  expectEqual(
    "the new token with the first key",
    withFirst,
    "unknown_key_version"
  )
  show("With the first key alone they do not: unknown_key_version")
}

async function retrieve({ api }: Stage, id: string): Promise<Platform> {
  const { social_platform } = await api.get<{ social_platform: Platform }>(
    `/admin/social-platforms/${id}`
  )
  return social_platform
}
