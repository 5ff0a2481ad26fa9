import assert from "node:assert/strict"
import { approveConsent } from "../../sandbox/consent-client"
import { type Show, step } from "./report"
import { fingerprint, type Stage } from "./stage"
import { collectTokens, isLive, openToken, tokenNames } from "./tokens"

/** A platform, as far as the demo looks at it. */
export type Platform = {
  id: string
  status: string
  connection: string
  key_version: number | null
  token_expires_at: string
  last_refreshed_at: string | null
  last_synced_at: string | null
  profile: { username: string; name: string } | null
}

export type Account = {
  id: string
  external_id: string
  kind: string
  name: string
  username: string | null
}

type Post = {
  id: string
  status: string
  publications: {
    external_id: string | null
    external_url: string | null
    last_error: { message: string } | null
  }[]
}

export type Written = { caption: string; link: string; altText: string }

/** So short that the demo sees a token end, in s. */
const ACCESS_TOKEN_TTL_S = 20

/** Its words serve as the control of the searches: they must be found. */
export const firstPost: Written = {
  caption: "The autumn collection is here",
  link: "https://shop.example.com/autumn",
  altText: "A red scarf",
}

/** Connects a platform, looks at its row, and at the accounts that it brought. */
export async function connectStory(stage: Stage): Promise<Platform> {
  const { id } = await step(
    "A platform for the Sandbox network is created",
    async (show) => {
      const { social_platform: platform } = await stage.post<{
        social_platform: Platform
      }>("/admin/social-platforms", {
        name: "Ada's sandbox",
        provider: "sandbox",
      })
      assert.equal(platform.connection, "not_connected")
      show(`POST /admin/social-platforms: ${platform.id}`)
      show(`status ${platform.status}, ${platform.connection}`)
      return platform
    }
  )
  const platform = await step(
    "It is connected through the OAuth redirects and the consent page",
    (show) => connect(stage, id, show)
  )
  await step("PostgreSQL holds the tokens sealed", (show) =>
    showSealedRow(stage, id, show)
  )
  await step("The platform's accounts are listed", async (show) => {
    const accounts = await listAccounts(stage, id)
    assert.equal(accounts.length, 3)
    for (const { kind, name, username, external_id } of accounts) {
      show(`${kind.padEnd(8)} ${name} (@${username}), there ${external_id}`)
    }
  })
  return platform
}

async function connect(
  stage: Stage,
  id: string,
  show: Show
): Promise<Platform> {
  await fetch(`${stage.sandboxUrl}/control/settings`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ access_token_ttl: ACCESS_TOKEN_TTL_S }),
  })
  const { location } = await stage.get<{ location: string }>(
    `/admin/oauth/sandbox?platform_id=${id}`
  )
  const request = new URL(location)
  assert.equal(request.searchParams.get("code_challenge_method"), "S256")
  show("GET /admin/oauth/sandbox sends the browser to")
  showAddress(request, [...request.searchParams.keys()], show)

  const redirect = new URL(await approveConsent(location))
  for (const name of ["code", "state"]) {
    const value = redirect.searchParams.get(name) ?? ""
    stage.secrets.set(name, Buffer.from(value))
  }
  show("The consent page is answered with “Allow access”, and sends it to")
  showAddress(redirect, [...redirect.searchParams.keys()], show)

  const response = await fetch(redirect, { redirect: "manual" })
  assert.equal(response.status, 303)
  const page = new URL(response.headers.get("location") ?? "", redirect)
  assert.equal(
    page.search,
    "",
    "the dashboard's page gets nothing in its query"
  )
  const answer = Object.fromEntries(new URLSearchParams(page.hash.slice(1)))
  show("which sends it on to the dashboard's page, with all in the fragment")
  showAddress(page, Object.keys(answer), show)

  show("The page posts them with the admin's login:")
  const { social_platform: platform } = await stage.post<{
    social_platform: Platform
  }>("/admin/oauth/sandbox/callback", answer)
  assert.equal(platform.connection, "connected")
  assert.equal(platform.status, "active")
  show(`POST /admin/oauth/sandbox/callback: ${platform.connection}`)
  show(`profile ${platform.profile?.name} (@${platform.profile?.username})`)
  return platform
}

function showAddress(address: URL, names: string[], show: Show): void {
  show(`  ${address.origin}${address.pathname}`)
  show(`  with ${names.join(", ")}`)
}

async function showSealedRow(
  stage: Stage,
  id: string,
  show: Show
): Promise<void> {
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

async function listAccounts(stage: Stage, id: string): Promise<Account[]> {
  const { social_accounts } = await stage.get<{ social_accounts: Account[] }>(
    `/admin/social-accounts?platform_id=${id}`
  )
  return social_accounts
}

/**
 * Publishes a post, reads it back from the network, and syncs the platform.
 *
 * @returns the account that it was published to
 */
export async function publishStory(
  stage: Stage,
  { id }: Platform
): Promise<Account> {
  const accounts = await listAccounts(stage, id)
  const account = accounts.find((each) => each.external_id === "page_main")
  assert.ok(account, "the platform has the account page_main")

  const published = await step(
    "A post with text, link and image is published",
    (show) => publish(stage, id, account, firstPost, show)
  )
  await step("The post is read back from the network", (show) =>
    readBack(stage, id, account, firstPost, published, show)
  )
  await step("Sync refreshes accounts and profile", async (show) => {
    const { sync, social_platform: platform } = await stage.post<{
      sync: { accounts: Record<string, number> }
      social_platform: Platform
    }>("/admin/socials/sync-platform-data", { platform_id: id })
    await collectTokens(stage, id)
    assert.deepEqual(sync.accounts, { created: 0, updated: 3, removed: 0 })
    assert.equal(platform.profile?.username, "ada")
    assert.ok(platform.last_synced_at, "the time of the sync is kept")
    const counts = Object.entries(sync.accounts)
    show(`accounts: ${counts.map(([name, n]) => `${n} ${name}`).join(", ")}`)
    show(`profile: ${platform.profile.name} (@ada)`)
    show(`last_synced_at: ${platform.last_synced_at}`)
  })
  return account
}

export type Published = { id: string; url: string }

/** Writes a post and publishes it at once. */
export async function publish(
  stage: Stage,
  platformId: string,
  account: Account,
  { caption, link, altText }: Written,
  show: Show
): Promise<Published> {
  const media = [{ url: stage.pictureUrl, alt_text: altText }]
  const { social_post: draft } = await stage.post<{ social_post: Post }>(
    "/admin/social-posts",
    { caption, link, media, account_ids: [account.id] }
  )
  const { social_post: post } = await stage.post<{ social_post: Post }>(
    `/admin/social-posts/${draft.id}/publish`
  )
  await collectTokens(stage, platformId)

  const [publication] = post.publications
  const reason = publication?.last_error?.message ?? "no publication"
  assert.equal(post.status, "published", reason)
  assert.ok(publication.external_id && publication.external_url, reason)
  show(`POST /admin/social-posts: ${draft.id} for ${account.name}`)
  show(`POST /admin/social-posts/${draft.id}/publish: ${post.status}`)
  show(`its page: ${publication.external_url}`)
  return { id: publication.external_id, url: publication.external_url }
}

/** Compares what the network holds, and shows to everybody, with what was written. */
export async function readBack(
  stage: Stage,
  platformId: string,
  account: Account,
  { caption, link, altText }: Written,
  published: Published,
  show: Show
): Promise<void> {
  const { opened } = await collectTokens(stage, platformId)
  const response = await fetch(
    `${stage.sandboxUrl}/api/posts/${published.id}`,
    { headers: { authorization: `Bearer ${opened.access_token}` } }
  )
  const post = (await response.json()) as {
    account_id: string
    text: string
    link: string
    media: { url: string; content_type: string; alt_text: string }[]
  }
  const [image] = post.media
  assert.deepEqual(
    [post.account_id, post.text, post.link, post.media.length, image.alt_text],
    [account.external_id, caption, link, 1, altText]
  )
  const there = await download(image.url)
  const original = await download(stage.pictureUrl)
  assert.ok(there.equals(original), "the image arrived unchanged")
  const page = (await download(published.url)).toString()
  assert.ok(page.includes(caption), "the post's page shows the text")

  show(`GET /api/posts/${published.id} on the network, as ${post.account_id}:`)
  show(`  text  ${post.text}`)
  show(`  link  ${post.link}`)
  show(
    `  image ${image.content_type}, ${there.length} bytes, ` +
      `${fingerprint(there)} as sent, “${image.alt_text}”`
  )
  show("Its public page shows the text")
}

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url)
  assert.equal(response.status, 200, url)
  return Buffer.from(await response.arrayBuffer())
}
