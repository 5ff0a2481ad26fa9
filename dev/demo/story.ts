import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { sandbox } from "../../integration-tests/http/support/sandbox"
import { approveConsent } from "../../sandbox/consent-client"
import { newSecret } from "../env-file"
import { show, step } from "./report"
import {
  type Account,
  collectTokens,
  dumpDatabase,
  fingerprint,
  isLive,
  openToken,
  type Stage,
  tokenNames,
} from "./stage"

/** So short that the demo sees a token end, in s. */
const ACCESS_TOKEN_TTL_S = 20

type Written = { caption: string; link: string; altText: string }

/** Its words serve as the control of the searches: they must be found. */
export const firstPost: Written = {
  caption: "The autumn collection is here",
  link: "https://shop.example.com/autumn",
  altText: "A red scarf",
}

const secondPost: Written = {
  caption: "Sealed under a new key, published as before",
  link: "https://shop.example.com/rotation",
  altText: "The red scarf once more",
}

/** Connects a platform and looks at its row. @returns its id */
export async function connect(stage: Stage): Promise<string> {
  step("A platform for the Sandbox network is created")
  const { social_platform: created } = await stage.post(
    "/admin/social-platforms",
    { name: "Ada's sandbox", provider: "sandbox" }
  )
  const { id } = created
  assert.equal(created.connection, "not_connected")
  show(`POST /admin/social-platforms: ${id}`)
  show(`status ${created.status}, ${created.connection}`)

  step("It is connected through the OAuth redirects and the consent page")
  await sandbox.settings({ access_token_ttl: ACCESS_TOKEN_TTL_S })
  const fragment = await authorize(stage, id)
  show("The page posts them with the admin's login:")
  const callback = "/admin/oauth/sandbox/callback"
  const { social_platform: platform } = await stage.post(callback, fragment)
  assert.equal(platform.connection, "connected")
  assert.equal(platform.status, "active")
  show(`POST ${callback}: ${platform.connection}`)
  show(`profile ${platform.profile?.name} (@${platform.profile?.username})`)

  step("PostgreSQL holds the tokens sealed")
  await showSealedRow(stage, id)
  return id
}

/** Follows the redirects. @returns what the dashboard's page gets in the fragment */
async function authorize(
  stage: Stage,
  id: string
): Promise<Record<string, string>> {
  const { location } = await stage.get(`/admin/oauth/sandbox?platform_id=${id}`)
  const request = new URL(location)
  assert.equal(request.searchParams.get("code_challenge_method"), "S256")
  show("GET /admin/oauth/sandbox sends the browser to")
  showAddress(request, request.searchParams)

  const redirect = new URL(await approveConsent(location))
  for (const name of ["code", "state"]) {
    const value = redirect.searchParams.get(name) ?? ""
    stage.secrets.set(name, Buffer.from(value))
  }
  show("The consent page is answered with “Allow access”, and sends it to")
  showAddress(redirect, redirect.searchParams)

  const response = await fetch(redirect, { redirect: "manual" })
  assert.equal(response.status, 303)
  const page = new URL(response.headers.get("location") ?? "", redirect)
  assert.equal(page.search, "", "the dashboard's page has no query")
  const fragment = new URLSearchParams(page.hash.slice(1))
  show("which sends it on to the dashboard's page, with all in the fragment")
  showAddress(page, fragment)
  return Object.fromEntries(fragment)
}

function showAddress(address: URL, parameters: URLSearchParams): void {
  show(`  ${address.origin}${address.pathname}`)
  show(`  with ${[...parameters.keys()].join(", ")}`)
}

async function showSealedRow(stage: Stage, id: string): Promise<void> {
  const { row, sealed, opened } = await collectTokens(stage, id)
  const text = JSON.stringify(row.api_config, null, 2)
  show(`select api_config, key_version from social_platform where id = '${id}'`)
  text.split("\n").forEach((line) => show(`  ${line}`))
  show(`  key_version ${row.key_version}`)
  assert.equal(row.key_version, 1)
  for (const name of tokenNames) {
    const token = opened[name]
    assert.ok(!text.includes(token), `${name} is not in the row`)
    assert.ok(await isLive(stage, token), `the network calls ${name} valid`)
    show(
      `${name}: opened with key 1 it is ${token.length} characters ` +
        `(${fingerprint(token)}), which the network calls valid`
    )
  }
  await assert.rejects(
    openToken(stage.keys, sealed.access_token, "another-row", "access_token"),
    { code: "tampered" }
  )
  show("Copied to another row, the envelope does not open: tampered")
}

/** Lists the accounts, publishes a post and syncs. @returns where it was published */
export async function publishAndSync(
  stage: Stage,
  id: string
): Promise<Account> {
  step("The platform's accounts are listed")
  const { social_accounts: accounts } = await stage.get(
    `/admin/social-accounts?platform_id=${id}`
  )
  assert.equal(accounts.length, 3)
  for (const { kind, name, username, external_id } of accounts) {
    show(`${kind.padEnd(8)} ${name} (@${username}), there ${external_id}`)
  }
  const account = accounts.find((each) => each.external_id === "page_main")
  assert.ok(account, "the platform has the account page_main")

  step("A post with text, link and image is published")
  const published = await publish(stage, id, account, firstPost)
  step("The post is read back from the network")
  await readBack(stage, id, account, firstPost, published)

  step("Sync refreshes accounts and profile")
  const { sync, social_platform: platform } = await stage.post(
    "/admin/socials/sync-platform-data",
    { platform_id: id }
  )
  await collectTokens(stage, id)
  assert.deepEqual(sync.accounts, { created: 0, updated: 3, removed: 0 })
  assert.equal(platform.profile?.username, "ada")
  assert.ok(platform.last_synced_at, "the time of the sync is kept")
  const counts = Object.entries(sync.accounts)
  show(`accounts: ${counts.map(([name, n]) => `${n} ${name}`).join(", ")}`)
  show(`profile: ${platform.profile.name} (@ada)`)
  show(`last_synced_at: ${platform.last_synced_at}`)
  return account
}

type Published = { id: string; url: string }

/** Writes a post and publishes it at once. */
async function publish(
  stage: Stage,
  platformId: string,
  account: Account,
  { caption, link, altText }: Written
): Promise<Published> {
  const media = [{ url: stage.pictureUrl, alt_text: altText }]
  const { social_post: draft } = await stage.post("/admin/social-posts", {
    caption,
    link,
    media,
    account_ids: [account.id],
  })
  const publishing = `/admin/social-posts/${draft.id}/publish`
  const { social_post: post } = await stage.post(publishing)
  await collectTokens(stage, platformId)

  const [publication] = post.publications
  const reason = publication?.last_error?.message ?? "no publication"
  assert.equal(post.status, "published", reason)
  assert.ok(publication.external_id && publication.external_url, reason)
  show(`POST /admin/social-posts: ${draft.id} for ${account.name}`)
  show(`POST ${publishing}: ${post.status}`)
  show(`its page: ${publication.external_url}`)
  return { id: publication.external_id, url: publication.external_url }
}

/** Compares what the network holds, and shows to everybody, with what was written. */
async function readBack(
  stage: Stage,
  platformId: string,
  account: Account,
  { caption, link, altText }: Written,
  published: Published
): Promise<void> {
  const { opened } = await collectTokens(stage, platformId)
  const api = `/api/posts/${published.id}`
  const post = JSON.parse(
    String(await download(stage.sandboxUrl + api, opened.access_token))
  )
  const [image] = post.media
  assert.deepEqual(
    [post.account_id, post.text, post.link, post.media.length, image.alt_text],
    [account.external_id, caption, link, 1, altText]
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
export async function rotateKey(
  stage: Stage,
  id: string,
  account: Account
): Promise<void> {
  const retrieve = async () =>
    (await stage.get(`/admin/social-platforms/${id}`)).social_platform

  step("Medusa restarts with a new key, version 2; the first one only opens")
  stage.dumps.set("before the rotation", await dumpDatabase(stage.database))
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
  const { connection, key_version, token_expires_at } = await retrieve()
  assert.deepEqual([connection, key_version], ["connected", 1])
  show(`${id}: ${connection}, key_version ${key_version}`)

  step("The access token ends; publishing refreshes it, sealed under version 2")
  const { opened } = await collectTokens(stage, id)
  await sleep(Math.max(0, Date.parse(token_expires_at) - Date.now()) + 1_000)
  const live = await isLive(stage, opened.access_token)
  assert.ok(!live, "the network takes the first access token no more")
  show(`The access token ended at ${token_expires_at}`)
  const published = await publish(stage, id, account, secondPost)
  const { last_refreshed_at } = await retrieve()
  assert.ok(last_refreshed_at, "the time of the refresh is kept")
  show(`last_refreshed_at: ${last_refreshed_at}`)
  await showRefresh(stage, id)

  step("The second post is read back from the network")
  await readBack(stage, id, account, secondPost, published)
}

async function showRefresh(stage: Stage, id: string): Promise<void> {
  const log = readFileSync(stage.logFile, "utf8")
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
  const withFirst = { ENCRYPTION_KEY: first }
  await assert.rejects(
    openToken(withFirst, sealed.access_token, id, "access_token"),
    { code: "unknown_key_version" }
  )
  show("With the first key alone they do not: unknown_key_version")
}
