import { mkdirSync } from "node:fs"
import path from "node:path"
import type { Locator, Page } from "playwright-core"
import { messageOf } from "../../dev/program"
import { sandbox } from "../http/support/sandbox"
import {
  accountIds,
  connectPlatform,
  createPlatform,
  createPost,
} from "./support/arrange"
import { provideKeys } from "./support/keys"
import { drawPicture, type PictureFile } from "./support/picture"
import { startStore, type Store } from "./support/store"
import { openVisitor, section, see, settle } from "./support/browser-session"

/*
 * node --import tsx dev/with-services.ts migrated-postgres sandbox -- \
 *   node --import tsx integration-tests/e2e/screenshots.ts [names…]
 *
 * Takes the README's pictures of the dashboard anew: all of them, or only
 * those that are named.
 */

const images = path.resolve(__dirname, "../../docs/images")

const CAPTION =
  "The autumn collection is here: scarves that keep the wind out, knitted two streets away."
const ALT_TEXT = "A red scarf in front of autumn hills"

const SIZE = { width: 1280, height: 800 }

/** Space below what is shown, in px: less than between two sections. */
const MARGIN = 9

const wanted = process.argv.slice(2)

async function main(): Promise<void> {
  mkdirSync(images, { recursive: true })
  provideKeys()
  // Medusa's own port, which stands in the redirect URI.
  process.env.PORT ||= "9000"
  // The sandbox network is on this machine.
  process.env.SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS = "127.0.0.0/8,::1"
  const store = await startStore()
  try {
    const visitor = await openVisitor(store)
    try {
      const { page } = await visitor.newTab()
      await store.reset()
      await takeAll(store, page, await drawPicture(visitor.context))
    } finally {
      await visitor.close()
    }
  } finally {
    await store.stop()
  }
}

async function takeAll(
  store: Store,
  page: Page,
  picture: PictureFile
): Promise<void> {
  const take = async (name: string) => {
    if (wanted.length > 0 && !wanted.includes(name)) {
      return
    }
    await page.mouse.move(0, 0)
    await page.waitForLoadState("networkidle")
    await settle(page)
    await page.screenshot({ path: path.join(images, `${name}.png`) })
  }

  const platform = await arrangePlatforms(store)
  await page.goto("/app/social-platforms")
  await see(page.getByText("Parcel labels"))
  await take("platforms")

  await page.goto(`/app/social-platforms/${platform}`)
  await see(page.getByText("@adas-shop"))
  await fit(page, section(page, "Connection"))
  await take("platform")
  await page.setViewportSize(SIZE)

  await page.goto("/app/social-posts/create")
  await page.getByLabel("Text").fill(CAPTION)
  await page.getByLabel(/Ada's Shop/).check()
  await page.getByLabel(/Ada's Outlet/).check()
  await page.getByLabel("Files to upload").setInputFiles(picture)
  await page.getByLabel("Alternative text for image 1").fill(ALT_TEXT)
  await page.getByRole("heading", { name: "Write a post" }).hover()
  await page.mouse.wheel(0, 120)
  await take("composer")

  await page.goto(
    `/app/social-posts/${await publishPost(store, platform, picture)}`
  )
  await see(page.getByRole("link", { name: /View post/ }))
  await take("post")

  await arrangeRotation(store)
  await page.goto("/app/settings/encryption")
  await see(page.getByText(/not yet in format 2 under the active key/))
  await fit(page, section(page, "Key versions"))
  await take("encryption")

  await arrangeTrouble(store, platform)
  await page.goto("/app/social-platforms/health")
  await see(page.getByText("Ends within 30 days"))
  await fit(page, section(page, "Not tested"))
  await take("health")
}

/** Makes the picture as high as what it shows, so that its edge cuts no line of text. */
async function fit(page: Page, last: Locator): Promise<void> {
  await settle(page)
  const end = await last.boundingBox()
  if (!end) {
    throw new Error("The section that the picture ends with is not on the page")
  }
  await page.setViewportSize({
    ...SIZE,
    height: Math.ceil(end.y + end.height) + MARGIN,
  })
}

/** @returns the id of the connected one */
async function arrangePlatforms(store: Store): Promise<string> {
  await createPlatform(store, {
    name: "Web analytics",
    provider: "generic",
    category: "analytics",
    auth_type: "bearer",
    status: "inactive",
    api_config: { access_token: "an-example" },
  })
  await createPlatform(store, {
    name: "Parcel labels",
    provider: "generic",
    category: "shipping",
    auth_type: "api_key",
    api_config: { api_key: "an-example" },
  })
  await createPlatform(store, { name: "Outlet channel" })
  const id = await connectPlatform(store, { name: "Ada's network" })
  await store.api("POST", "/admin/socials/sync-platform-data", {
    platform_id: id,
  })
  return id
}

/** A grant that its service has ended, and one that ends in twelve days. */
async function arrangeTrouble(store: Store, platform: string): Promise<void> {
  const lost = await connectPlatform(store, { name: "Market stall" })
  await sandbox.revokeGrants()
  await store.sql(
    "update social_platform set token_expires_at = now() - interval '1 minute' where id = $1",
    [lost]
  )
  await store.api("POST", `/admin/social-platforms/${lost}/verify`)
  await store.sql(
    "update social_platform set last_refreshed_at = now(), refresh_token_expires_at = now() + interval '12 days' where id = $1",
    [platform]
  )
}

/** A rotation half-way, and a secret that an earlier release left in plaintext. */
async function arrangeRotation(store: Store): Promise<void> {
  await store.api("POST", "/admin/encryption/keys/2/promote")
  await store.api("POST", "/admin/encryption/re-encrypt", { limit: 2 })
  await store.sql(
    `update social_platform set api_config = '{"access_token": "an-example"}'
     where name = 'Web analytics'`
  )
}

/** Publishes a post about a product on two accounts. */
async function publishPost(
  store: Store,
  platform: string,
  picture: PictureFile
): Promise<string> {
  const url = await store.upload(picture)
  const { product } = await store.api("POST", "/admin/products", {
    title: "Red scarf",
    thumbnail: url,
    options: [{ title: "Size", values: ["One size"] }],
  })
  const accounts = await accountIds(store, platform)
  const id = await createPost(store, {
    caption: CAPTION,
    link: "https://shop.example.com/autumn",
    media: [{ url, alt_text: ALT_TEXT }],
    account_ids: [accounts.page_main, accounts.page_outlet],
    product_ids: [product.id],
  })
  await store.api("POST", `/admin/social-posts/${id}/publish`)
  return id
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(messageOf(error))
    process.exit(1)
  }
)
