import type { Account, Platform, Post } from "./admin-api"
import { expectEqual, expectThat, type Report, type Show } from "./report"
import { fingerprint } from "./secret-book"
import type { Stage } from "./stage"
import { collectTokens } from "./tokens"

type Written = { caption: string; link: string; altText: string }
type Published = { externalId: string; externalUrl: string }

/** Its words serve as the control of the searches: they must be found. */
export const firstPost: Written = {
  caption: "The autumn collection is here",
  link: "https://shop.example.com/autumn",
  altText: "A red scarf",
}

/**
 * Publishes a post, reads it back from the network, and syncs the platform.
 *
 * @returns the account that it was published to
 */
export async function publishStory(
  report: Report,
  stage: Stage,
  platform: Platform
): Promise<Account> {
  const account = await mainAccount(stage, platform.id)

  const published = await report.step(
    "A post with text, link and image is published",
    (show) => publish(stage, platform.id, account, firstPost, show)
  )
  await report.step("The post is read back from the network", (show) =>
    readBack(stage, platform.id, account, firstPost, published, show)
  )
  await report.step("Sync refreshes accounts and profile", async (show) => {
    const { sync, social_platform } = await stage.api.post<{
      sync: { accounts: Record<string, number> }
      social_platform: Platform
    }>("/admin/socials/sync-platform-data", { platform_id: platform.id })
    await collectTokens(stage, platform.id)
    expectEqual("the synced accounts", sync.accounts, {
      created: 0,
      updated: 3,
      removed: 0,
    })
    expectEqual("the profile", social_platform.profile?.username, "ada")
    expectThat("the time of the sync is kept", !!social_platform.last_synced_at)
    const counts = Object.entries(sync.accounts).map(
      ([name, n]) => `${n} ${name}`
    )
    show(`accounts: ${counts.join(", ")}`)
    show(`profile: ${social_platform.profile?.name} (@ada)`)
    show(`last_synced_at: ${social_platform.last_synced_at}`)
  })
  return account
}

/** Writes a post and publishes it at once. */
export async function publish(
  stage: Stage,
  platformId: string,
  account: Account,
  { caption, link, altText }: Written,
  show: Show
): Promise<Published> {
  const { api } = stage
  const { social_post: draft } = await api.post<{ social_post: Post }>(
    "/admin/social-posts",
    {
      caption,
      link,
      media: [{ url: stage.pictureUrl, alt_text: altText }],
      account_ids: [account.id],
    }
  )
  const { social_post: post } = await api.post<{ social_post: Post }>(
    `/admin/social-posts/${draft.id}/publish`
  )
  await collectTokens(stage, platformId)

  const [publication] = post.publications
  if (!publication?.external_id || !publication.external_url) {
    const reason = publication?.last_error?.message ?? "no publication"
    throw new Error(`The post is ${post.status}: ${reason}`)
  }
  expectEqual("the post's status", post.status, "published")
  show(`POST /admin/social-posts: ${draft.id} for ${account.name}`)
  show(`POST /admin/social-posts/${draft.id}/publish: ${post.status}`)
  show(`its page: ${publication.external_url}`)
  return {
    externalId: publication.external_id,
    externalUrl: publication.external_url,
  }
}

/** Compares what the network holds, and shows to everybody, with what was written. */
export async function readBack(
  stage: Stage,
  platformId: string,
  account: Account,
  { caption, link, altText }: Written,
  { externalId, externalUrl }: Published,
  show: Show
): Promise<void> {
  const { opened } = await collectTokens(stage, platformId)
  const post = await stage.sandbox.post(externalId, opened.access_token)
  expectEqual("its account", post.account_id, account.external_id)
  expectEqual("its text", post.text, caption)
  expectEqual("its link", post.link, link)
  expectEqual("the number of images", post.media.length, 1)
  const [image] = post.media
  expectEqual("the image's description", image.alt_text, altText)

  const [published, original] = await Promise.all(
    [image.url, stage.pictureUrl].map(download)
  )
  expectThat("the image arrived unchanged", published.equals(original))
  const page = (await download(externalUrl)).toString()
  expectThat("the post's page shows the text", page.includes(caption))

  show(`GET /api/posts/${post.id} on the network, as ${post.account_id}:`)
  show(`  text  ${post.text}`)
  show(`  link  ${post.link}`)
  show(
    `  image ${image.content_type}, ${published.length} bytes, ` +
      `${fingerprint(published)} as sent, “${image.alt_text}”`
  )
  show("Its public page shows the text")
}

async function mainAccount(stage: Stage, platformId: string): Promise<Account> {
  const { social_accounts } = await stage.api.get<{
    social_accounts: Account[]
  }>(`/admin/social-accounts?platform_id=${platformId}`)
  const account = social_accounts.find(
    (each) => each.external_id === "page_main"
  )
  if (!account) {
    throw new Error("The platform has no account page_main")
  }
  return account
}

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url)
  expectEqual(`the status of ${url}`, response.status, 200)
  return Buffer.from(await response.arrayBuffer())
}
