import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { isDeepStrictEqual } from "node:util"
import { withDatabase } from "../../integration-tests/e2e/support/database"
import { createSandboxPlatform } from "../../integration-tests/http/support/application"
import { startConnecting } from "../../integration-tests/http/support/consent"
import { openRows } from "../../integration-tests/http/support/envelopes"
import { createPost, publish } from "../../integration-tests/http/support/posts"
import {
  sandbox,
  sandboxUrl,
} from "../../integration-tests/http/support/sandbox"
import { approveConsent } from "../../sandbox/consent-client"
import { newSecret } from "../env-file"
import { show, step } from "./report"
import { dump } from "./search"
import { collectTokens, fingerprint, logOf, type Stage } from "./stage"

/** So short that the demo sees a token end, in s. */
const ACCESS_TOKEN_TTL_S = 20

/** Where the posts go, as the network calls it. */
const ACCOUNT = "page_main"

/** Its words serve as the control of the searches: they must be found. */
export const firstPost = {
  caption: "The autumn collection is here",
  link: "https://shop.example.com/autumn",
}

const secondPost = {
  caption: "Sealed under a new key, published as before",
  link: "https://shop.example.com/rotation",
}

const ALT_TEXT = "A red scarf"

const retrieve = async ({ admin, id }: Stage) =>
  (await admin.get(`/admin/social-platforms/${id}`)).data.social_platform

/** Connects a platform and looks at its row. */
export async function connect(stage: Stage): Promise<void> {
  const { admin, secrets } = stage
  step("A platform for the Sandbox network is created")
  stage.id = await createSandboxPlatform(admin)
  const created = await retrieve(stage)
  assert.equal(created.connection, "not_connected")
  show(`POST /admin/social-platforms: ${stage.id}`)
  show(`status ${created.status}, ${created.connection}`)

  step("It is connected through the OAuth redirects and the consent page")
  await sandbox.settings({ access_token_ttl: ACCESS_TOKEN_TTL_S })
  const request = await startConnecting(admin, "sandbox", stage.id)
  assert.equal(request.searchParams.get("code_challenge_method"), "S256")
  showAddress("GET /admin/oauth/sandbox sends the browser to", request)
  const redirect = new URL(await approveConsent(request.href))
  for (const name of ["code", "state"]) {
    secrets.set(name, Buffer.from(redirect.searchParams.get(name) ?? ""))
  }
  showAddress("“Allow access” on the consent page sends it to", redirect)
  const { status, headers } = await fetch(redirect, { redirect: "manual" })
  assert.equal(status, 303)
  const page = new URL(headers.get("location") ?? "", redirect)
  assert.equal(page.search, "", "the dashboard's page has no query")
  const fragment = new URLSearchParams(page.hash.slice(1))
  const title = "which sends it on to the dashboard's page, in the fragment"
  showAddress(title, page, fragment)
  show("The page posts them with the admin's login:")
  const callback = "/admin/oauth/sandbox/callback"
  const { data } = await admin.post(callback, Object.fromEntries(fragment))
  const { connection, profile } = data.social_platform
  assert.deepEqual(
    [connection, data.social_platform.status],
    ["connected", "active"]
  )
  show(`POST ${callback}: ${connection}`)
  show(`profile ${profile.name} (@${profile.username})`)

  step("PostgreSQL holds the tokens sealed")
  await showSealedRow(stage)
}

function showAddress(
  title: string,
  { origin, pathname, searchParams }: URL,
  parameters = searchParams
): void {
  show(title)
  show(`  ${origin}${pathname}`)
  show(`  with ${[...parameters.keys()].join(", ")}`)
}

async function showSealedRow(stage: Stage): Promise<void> {
  const { row, tokens } = await collectTokens(stage)
  const text = JSON.stringify(row.api_config, null, 2)
  show(`select api_config, key_version … where id = '${stage.id}'`)
  text.split("\n").forEach((line) => show(`  ${line}`))
  show(`  key_version ${row.key_version}`)
  assert.equal(row.key_version, 1)
  for (const { name, value } of tokens) {
    assert.ok(!text.includes(value), `${name} is not in the row`)
    assert.ok(await sandbox.isLive(value), `the network calls ${name} valid`)
    show(
      `${name}: opened with key 1 it is ${value.length} characters ` +
        `(${fingerprint(value)}), which the network calls valid`
    )
  }
  const copied = openRows(stage.keys, [{ ...row, id: "another-row" }])
  await assert.rejects(copied, { code: "tampered" })
  show("Copied to another row, the envelopes do not open: tampered")
}

/** Lists the accounts, publishes a post and syncs. */
export async function publishAndSync(stage: Stage): Promise<void> {
  const { admin, id } = stage
  step("The platform's accounts are listed")
  const accounts = await listAccounts(stage)
  assert.equal(accounts.length, 3)
  for (const { kind, name, username, external_id } of accounts) {
    show(`${kind.padEnd(8)} ${name} (@${username}), there ${external_id}`)
  }

  step("A post with text, link and image is published")
  const published = await publishPost(stage, firstPost)
  step("The post is read back from the network")
  await readBack(stage, firstPost, published)

  step("Sync refreshes accounts and profile")
  const { data } = await admin.post("/admin/socials/sync-platform-data", {
    platform_id: id,
  })
  await collectTokens(stage)
  const { profile, last_synced_at } = data.social_platform
  const counts = { created: 0, updated: 3, removed: 0 }
  assert.deepEqual(data.sync.accounts, counts)
  assert.equal(profile.username, "ada")
  assert.ok(last_synced_at, "the time of the sync is kept")
  show("accounts: 0 created, 3 updated, 0 removed")
  show(`profile: ${profile.name} (@ada)`)
  show(`last_synced_at: ${last_synced_at}`)
}

async function listAccounts({ admin, id }: Stage) {
  const { data } = await admin.get(`/admin/social-accounts?platform_id=${id}`)
  return data.social_accounts as Record<string, string>[]
}

type Published = { id: string; url: string }

/** Writes a post and publishes it at once. */
async function publishPost(
  stage: Stage,
  words: typeof firstPost
): Promise<Published> {
  const { admin, pictureUrl } = stage
  const accounts = await listAccounts(stage)
  const account = accounts.find((each) => each.external_id === ACCOUNT)
  assert.ok(account, `the platform has the account ${ACCOUNT}`)
  const media = [{ url: pictureUrl, alt_text: ALT_TEXT }]
  const draft = { ...words, media, account_ids: [account.id] }
  const id = await createPost(admin, draft)
  const { status, publications } = await publish(admin, id)
  await collectTokens(stage)

  const { external_id, external_url, last_error } = publications[0]
  assert.equal(status, "published", last_error?.message)
  assert.ok(external_id && external_url, last_error?.message)
  show(`POST /admin/social-posts: ${id} for ${account.name}`)
  show(`POST /admin/social-posts/${id}/publish: ${status}`)
  show(`its page: ${external_url}`)
  return { id: external_id, url: external_url }
}

/** Compares what the network holds, and shows to everybody, with what was written. */
async function readBack(
  stage: Stage,
  { caption, link }: typeof firstPost,
  published: Published
): Promise<void> {
  const { tokens } = await collectTokens(stage)
  const api = `/api/posts/${published.id}`
  const text = await download(sandboxUrl() + api, tokens[0].value)
  const post = JSON.parse(String(text))
  const [image] = post.media
  assert.deepEqual(
    [post.account_id, post.text, post.link, post.media.length, image.alt_text],
    [ACCOUNT, caption, link, 1, ALT_TEXT]
  )
  const there = await download(image.url)
  const original = await download(stage.pictureUrl)
  assert.ok(there.equals(original), "the image arrived unchanged")
  const page = String(await download(published.url))
  assert.ok(page.includes(caption), "the post's page shows the text")

  show(`GET ${api} on the network, as ${post.account_id}:`)
  show(`  text  ${post.text}`)
  show(`  link  ${post.link}`)
  show(
    `  image ${image.content_type}, ${there.length} bytes, ` +
      `${fingerprint(there)} as sent, “${image.alt_text}”`
  )
  show("Its public page shows the text")
}

async function download(url: string, token?: string): Promise<Buffer> {
  const headers = token ? { authorization: `Bearer ${token}` } : undefined
  const response = await fetch(url, { headers })
  assert.equal(response.status, 200, url)
  return Buffer.from(await response.arrayBuffer())
}

/** Changes the key, has the tokens refreshed under the new one, and publishes again. */
export async function rotateKey(stage: Stage): Promise<void> {
  step("Medusa restarts with a new key, version 2; the first one only opens")
  const before = await withDatabase(stage.databaseUrl, dump)
  stage.dumps.set("before the rotation", before)
  const second = newSecret()
  stage.secrets.set("encryption key 2", Buffer.from(second, "base64"))
  await stage.restart({
    ENCRYPTION_KEY: second,
    ENCRYPTION_KEY_VERSION: "2",
    ENCRYPTION_KEY_V1: stage.keys.ENCRYPTION_KEY,
  })
  show(
    "ENCRYPTION_KEY_VERSION=2, ENCRYPTION_KEY new, ENCRYPTION_KEY_V1 the first"
  )
  const { connection, key_version, token_expires_at } = await retrieve(stage)
  assert.deepEqual([connection, key_version], ["connected", 1])
  show(`${stage.id}: ${connection}, key_version ${key_version}`)

  step("The access token ends; publishing refreshes it, sealed under version 2")
  const [{ value }] = (await collectTokens(stage)).tokens
  await sleep(Math.max(0, Date.parse(token_expires_at) - Date.now()) + 1_000)
  const live = await sandbox.isLive(value)
  assert.ok(!live, "the network takes the first access token no more")
  show(`The access token ended at ${token_expires_at}`)
  const published = await publishPost(stage, secondPost)
  const { last_refreshed_at } = await retrieve(stage)
  assert.ok(last_refreshed_at, "the time of the refresh is kept")
  show(`last_refreshed_at: ${last_refreshed_at}`)
  await showRefresh(stage)

  step("The second post is read back from the network")
  await readBack(stage, secondPost, published)
}

async function showRefresh(stage: Stage): Promise<void> {
  const log = readFileSync(logOf(stage.logFolder, 2), "utf8")
  show("Medusa's log:")
  for (const [operation, field, version] of [
    ["DECRYPT", "refresh_token", 1],
    ["ENCRYPT", "access_token", 2],
    ["ENCRYPT", "refresh_token", 2],
  ]) {
    const line = `[TOKEN_${operation}] outcome=ok table=social_platform field=${field} row=${stage.id} key_version=${version}`
    assert.ok(log.includes(line), `the log says “${line}”`)
    show(`  ${line}`)
  }

  const { row, tokens } = await collectTokens(stage)
  assert.equal(row.key_version, 2)
  const { ENCRYPTION_KEY_V1: first, ...secondOnly } = stage.keys
  for (const { name, value, envelope } of tokens) {
    const { keyVersion, kid, encrypted } = envelope
    assert.equal(keyVersion, 2)
    assert.ok(await sandbox.isLive(value), `the new ${name} is valid`)
    show(
      `${name}_encrypted: keyVersion ${keyVersion}, kid ${kid}, ${encrypted}`
    )
  }
  const withSecond = await openRows(secondOnly, [row])
  assert.ok(isDeepStrictEqual(withSecond, tokens), "the second key is enough")
  show("Both open with the second key alone")
  const withFirst = openRows({ ENCRYPTION_KEY: first }, [row])
  await assert.rejects(withFirst, { code: "unknown_key_version" })
  show("With the first key alone they do not: unknown_key_version")
}
