import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import {
  accountOf,
  createSandboxPlatform,
} from "../../integration-tests/http/support/application"
import { startConnecting } from "../../integration-tests/http/support/consent"
import { openRows } from "../../integration-tests/http/support/envelopes"
import { PNG } from "../../integration-tests/http/support/pictures"
import { createPost, publish } from "../../integration-tests/http/support/posts"
import { sandbox } from "../../integration-tests/http/support/sandbox"
import { approveConsent } from "../../sandbox/consent-client"
import { newSecret } from "../env-file"
import { check, show, step } from "./report"
import { dump } from "./search"
import { collectTokens, fingerprint, logFolder, type Stage } from "./stage"

/** Where the posts go, as the network calls it. */
const ACCOUNT = "page_main"

/** The control of the searches: it must be found. */
export const FIRST_CAPTION = "The autumn collection is here"
const SECOND_CAPTION = "Sealed under a new key, published as before"
const LINK = "https://shop.example.com/autumn"
const ALT_TEXT = "A red scarf"

/** Connects a platform and looks at its row. */
export async function connect(stage: Stage): Promise<void> {
  const { admin, keys, secrets } = stage
  step("A platform for the Sandbox network is created")
  stage.id = await createSandboxPlatform(admin)
  await checkPlatform(stage, { status: "pending", connection: "not_connected" })

  step("It is connected through the OAuth redirects and the consent page")
  // In seconds: so short that the demo sees a token end.
  await sandbox.settings({ access_token_ttl: 20 })
  const request = await startConnecting(admin, "sandbox", stage.id)
  showAddress("GET /admin/oauth/sandbox sends the browser to", request)
  check("PKCE", request.searchParams.get("code_challenge_method"), "S256")
  const redirect = new URL(await approveConsent(request.href))
  for (const name of ["code", "state"]) {
    const bytes = Buffer.from(redirect.searchParams.get(name) ?? "")
    secrets.push({ name, bytes })
  }
  showAddress("“Allow access” on the consent page sends it to", redirect)
  const { status, headers } = await fetch(redirect, { redirect: "manual" })
  assert.equal(status, 303)
  const page = new URL(headers.get("location") ?? "", redirect)
  assert.equal(page.search, "", "the dashboard's page has no query")
  showAddress("which sends it on to the dashboard's page", page)
  show("The page posts the fragment with the admin's login:")
  const fragment = new URLSearchParams(page.hash.slice(1))
  const callback = "/admin/oauth/sandbox/callback"
  await admin.post(callback, Object.fromEntries(fragment))
  await checkPlatform(stage, { status: "active", connection: "connected" })

  step("PostgreSQL holds the tokens sealed")
  const row = await checkTokens(stage, 1)
  show(JSON.stringify(row.api_config, null, 2).replaceAll("\n", "\n   "))
  const copied = openRows(keys, [{ ...row, id: "another-row" }])
  await assert.rejects(copied, { code: "tampered" })
  show("Copied to another row, the envelopes do not open: tampered")
}

function showAddress(title: string, url: URL): void {
  const parameters = new URLSearchParams(url.search || url.hash.slice(1))
  show(`${title} ${url.origin}${url.pathname}`)
  show(`  with ${[...parameters.keys()].join(", ")}`)
}

/** Reads the platform over the API, and checks some of it. */
async function checkPlatform(stage: Stage, promised: Record<string, unknown>) {
  const { data } = await stage.admin.get(`/admin/social-platforms/${stage.id}`)
  for (const [name, value] of Object.entries(promised)) {
    check(name, data.social_platform[name], value)
  }
  return data.social_platform
}

/** Opens what the row holds, and asks the network about it. @returns the row */
async function checkTokens(stage: Stage, version: number) {
  const { row, tokens } = await collectTokens(stage)
  check("select key_version from social_platform", row.key_version, version)
  const text = JSON.stringify(row.api_config)
  for (const { name, value, envelope } of tokens) {
    const { keyVersion, kid } = envelope
    assert.equal(keyVersion, version)
    assert.ok(!text.includes(value), `${name} is not in the row`)
    assert.ok(await sandbox.isLive(value), `the network calls ${name} valid`)
    show(`${name}_encrypted: keyVersion ${keyVersion}, kid ${kid}`)
    const opened = `${value.length} characters, ${fingerprint(value)}`
    show(`  opened: ${opened}, valid at the network`)
  }
  return row
}

/** Lists the accounts, publishes a post and syncs. */
export async function publishAndSync(stage: Stage): Promise<void> {
  const { admin, id } = stage
  step("The platform's accounts are listed")
  const accounts = await admin.get(`/admin/social-accounts?platform_id=${id}`)
  assert.equal(accounts.data.count, 3)
  for (const { kind, name, external_id } of accounts.data.social_accounts) {
    show(`${kind.padEnd(8)} ${name}, there ${external_id}`)
  }

  step("A post with text, link and image is published")
  const page = await publishPost(stage, FIRST_CAPTION)
  step("The post is read back from the network")
  await readBack(page, FIRST_CAPTION)

  step("Sync refreshes accounts and profile")
  const sync = "/admin/socials/sync-platform-data"
  const { data } = await admin.post(sync, { platform_id: id })
  await collectTokens(stage)
  const counts = { created: 0, updated: 3, removed: 0 }
  check("accounts", data.sync.accounts, counts)
  check("profile", data.social_platform.profile.username, "ada")
  assert.ok(data.social_platform.last_synced_at, "its time is kept")
}

/** Writes a post, and publishes it at once. @returns the address of its page */
async function publishPost(stage: Stage, caption: string): Promise<string> {
  const { admin, pictureUrl } = stage
  const account_ids = [await accountOf(admin, stage.id, ACCOUNT)]
  const media = [{ url: pictureUrl, alt_text: ALT_TEXT }]
  const draft = { caption, link: LINK, media, account_ids }
  const id = await createPost(admin, draft)
  const { status, publications } = await publish(admin, id)
  await collectTokens(stage)
  assert.equal(publications[0].last_error, null)
  check("status", status, "published")
  return publications[0].external_url!
}

/** Compares what the network holds, and shows to everybody, with what was written. */
async function readBack(url: string, caption: string): Promise<void> {
  const page = String(await download(url))
  check(`${url} shows the text`, page.includes(caption), true)
  const post = (await sandbox.posts()).find(({ id }) => url.endsWith(id))!
  check("account", post.account_id, ACCOUNT)
  check("text", post.text, caption)
  check("link", post.link, LINK)
  const descriptions = post.media.map(({ alt_text }) => alt_text)
  check("images", descriptions, [ALT_TEXT])
  const image = await download(new URL(`/media/${post.media[0].id}`, url))
  check("image as sent", fingerprint(image), fingerprint(PNG))
}

async function download(url: string | URL): Promise<Buffer> {
  const response = await fetch(url)
  assert.equal(response.status, 200, String(url))
  return Buffer.from(await response.arrayBuffer())
}

/** Changes the key, has the tokens refreshed under the new one, and publishes again. */
export async function rotateKey(stage: Stage): Promise<void> {
  step("Medusa restarts with a new key, version 2; the first one only opens")
  stage.dumps.set("before the rotation", await dump(stage.query))
  const first = stage.keys.ENCRYPTION_KEY
  const second = newSecret()
  const bytes = Buffer.from(second, "base64")
  stage.secrets.push({ name: "second key", bytes })
  const secondOnly = { ENCRYPTION_KEY: second, ENCRYPTION_KEY_VERSION: "2" }
  stage.keys = { ...secondOnly, ENCRYPTION_KEY_V1: first }
  await stage.restart(stage.keys)
  const promised = { connection: "connected", key_version: 1 }
  const { token_expires_at } = await checkPlatform(stage, promised)

  step("The access token ends; publishing refreshes it, sealed under version 2")
  const [{ value }] = (await collectTokens(stage)).tokens
  await sleep(Math.max(0, Date.parse(token_expires_at) - Date.now()) + 1_000)
  check("valid at the network", await sandbox.isLive(value), false)
  const page = await publishPost(stage, SECOND_CAPTION)
  const { last_refreshed_at } = await checkPlatform(stage, { key_version: 2 })
  assert.ok(last_refreshed_at, "the time of the refresh is kept")
  show(`Refreshed at ${last_refreshed_at}; Medusa's log:`)
  const log = readFileSync(`${logFolder}/start-2.log`, "utf8")
  for (const [operation, field, version] of [
    ["DECRYPT", "refresh_token", 1],
    ["ENCRYPT", "access_token", 2],
    ["ENCRYPT", "refresh_token", 2],
  ]) {
    const line = `[TOKEN_${operation}] outcome=ok table=social_platform field=${field} row=${stage.id} key_version=${version}`
    assert.ok(log.includes(line), `the log says “${line}”`)
    show(`  ${line}`)
  }
  const row = await checkTokens(stage, 2)
  const opened = await openRows(secondOnly, [row])
  check("values that the second key opens", opened.length, 2)
  const withFirst = openRows({ ENCRYPTION_KEY: first }, [row])
  await assert.rejects(withFirst, { code: "unknown_key_version" })
  show("With the first key alone they do not: unknown_key_version")

  step("The second post is read back from the network")
  await readBack(page, SECOND_CAPTION)
}
