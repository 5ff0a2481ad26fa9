import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { newSecret } from "../env-file"
import { type Show, step } from "./report"
import { dumpDatabase, type Stage } from "./stage"
import {
  type Account,
  type Platform,
  publish,
  readBack,
  type Written,
} from "./stories"
import { collectTokens, isLive, openToken, tokenNames } from "./tokens"

const secondPost: Written = {
  caption: "Sealed under a new key, published as before",
  link: "https://shop.example.com/rotation",
  altText: "The red scarf once more",
}

/** Changes the key, has the tokens refreshed under the new one, and publishes again. */
export async function rotationStory(
  stage: Stage,
  { id }: Platform,
  account: Account
): Promise<void> {
  await step(
    "Medusa restarts with a new key, version 2; the first one only opens",
    (show) => rotate(stage, id, show)
  )
  const published = await step(
    "The access token ends; publishing refreshes it, sealed under version 2",
    async (show) => {
      await waitForEnd(stage, id, show)
      const post = await publish(stage, id, account, secondPost, show)
      await showRefresh(stage, id, show)
      return post
    }
  )
  await step("The second post is read back from the network", (show) =>
    readBack(stage, id, account, secondPost, published, show)
  )
}

async function rotate(stage: Stage, id: string, show: Show): Promise<void> {
  stage.dumps.set("before the rotation", await dumpDatabase(stage.database))
  const { ENCRYPTION_KEY: first } = stage.keys
  const second = newSecret()
  stage.secrets.set("encryption key 2", Buffer.from(second, "base64"))
  stage.keys = {
    ENCRYPTION_KEY: second,
    ENCRYPTION_KEY_VERSION: "2",
    ENCRYPTION_KEY_V1: first,
  }
  await stage.restart(stage.keys)
  show(
    "ENCRYPTION_KEY_VERSION=2, ENCRYPTION_KEY new, ENCRYPTION_KEY_V1 the first"
  )
  const platform = await retrieve(stage, id)
  assert.equal(platform.key_version, 1)
  assert.equal(platform.connection, "connected")
  show(`${id}: ${platform.connection}, key_version ${platform.key_version}`)
}

async function waitForEnd(stage: Stage, id: string, show: Show): Promise<void> {
  const { token_expires_at } = await retrieve(stage, id)
  const { opened } = await collectTokens(stage, id)
  await sleep(Math.max(0, Date.parse(token_expires_at) - Date.now()) + 1_000)
  assert.ok(
    !(await isLive(stage, opened.access_token)),
    "the network takes the first access token no more"
  )
  show(`The access token ended at ${token_expires_at}`)
}

async function showRefresh(
  stage: Stage,
  id: string,
  show: Show
): Promise<void> {
  const { last_refreshed_at } = await retrieve(stage, id)
  assert.ok(last_refreshed_at, "the time of the refresh is kept")
  show(`last_refreshed_at: ${last_refreshed_at}`)

  const log = readFileSync(stage.logFile(), "utf8")
  const of = (field: string, version: number) =>
    `outcome=ok table=social_platform field=${field} row=${id} key_version=${version}`
  show("Medusa's log:")
  for (const line of [
    `[TOKEN_DECRYPT] ${of("refresh_token", 1)}`,
    ...tokenNames.map((name) => `[TOKEN_ENCRYPT] ${of(name, 2)}`),
  ]) {
    assert.ok(log.includes(line), `the log says “${line}”`)
    show(`  ${line}`)
  }

  const { row, sealed, opened } = await collectTokens(stage, id)
  assert.equal(row.key_version, 2)
  const { ENCRYPTION_KEY_V1: first, ...secondOnly } = stage.keys
  for (const name of tokenNames) {
    const { keyVersion, kid, encrypted } = sealed[name]
    assert.equal(keyVersion, 2)
    assert.ok(await isLive(stage, opened[name]), `the new ${name} is valid`)
    const text = await openToken(secondOnly, sealed[name], id, name)
    assert.ok(text === opened[name], `${name} opens without the first key`)
    show(
      `${name}_encrypted: keyVersion ${keyVersion}, kid ${kid}, ${encrypted}`
    )
  }
  show("Both open with the second key alone")
  await assert.rejects(
    openToken(
      { ENCRYPTION_KEY: first },
      sealed.access_token,
      id,
      "access_token"
    ),
    { code: "unknown_key_version" }
  )
  show("With the first key alone they do not: unknown_key_version")
}

async function retrieve(stage: Stage, id: string): Promise<Platform> {
  const { social_platform } = await stage.get<{ social_platform: Platform }>(
    `/admin/social-platforms/${id}`
  )
  return social_platform
}
