import { sandbox } from "../http/support/sandbox"
import { showIn, violationsOf } from "./support/accessibility"
import {
  accountIds,
  connectPlatform,
  createPlatform,
  createPost,
} from "./support/arrange"
import { wideElements } from "./support/layout"
import { drawPicture } from "./support/picture"
import { see } from "./support/browser-session"
import { scene, type World } from "./support/environment"

const DESK = { width: 1280, height: 800 }
const PHONE = { width: 400, height: 800 }

interface View {
  title: string
  /** Brings the page there and waits until it is complete. */
  visit: () => Promise<void>
}

/** Whether everybody can use the pages: in light and dark, with a screen reader, on a phone. */
export const appearanceSuite = (world: World): void => {
  const open = async (path: string, complete: string | RegExp) => {
    await world.page.goto(`/app/${path}`)
    await see(world.page.getByText(complete))
  }

  const draft = async (): Promise<string> => {
    const ids = await accountIds(
      world.store,
      await connectPlatform(world.store)
    )
    return createPost(world.store, {
      caption: "A draft",
      account_ids: [ids.page_main],
    })
  }

  /** A post that went out on one account and not on the other. */
  const halfPublishedPost = async (): Promise<string> => {
    const { store, visitor } = world
    const ids = await accountIds(store, await connectPlatform(store))
    const url = await store.upload(await drawPicture(visitor.context))
    const id = await createPost(store, {
      caption: "The autumn collection is here",
      link: "https://shop.example.com/a/very/long/address/that/goes/on/and/on/autumn",
      media: [{ url, alt_text: "A red scarf" }],
      account_ids: [ids.page_main, ids.page_outlet],
    })
    await sandbox.fault({ target: "posts", kind: "error", status: 422 })
    await store.api("POST", `/admin/social-posts/${id}/publish`)
    return id
  }

  const attachedFile = async (): Promise<string> => {
    const { store, visitor } = world
    const { social_media } = await store.api("POST", "/admin/social-media", {
      url: await store.upload(await drawPicture(visitor.context)),
      name: "a-walk-in-the-first-snow.png",
    })
    const fetch = {
      at: "2026-11-22T10:00:00.000Z",
      method: "GET",
      user_agent: "facebookexternalhit/1.1",
      status: 200,
      bytes: 1_000_000,
    }
    await store.sql("update social_media set fetches = $1", [
      JSON.stringify([fetch]),
    ])
    return social_media.id
  }

  const views: View[] = [
    {
      title: "the empty list of platforms",
      visit: () => open("social-platforms", "Connect your first service"),
    },
    {
      title: "the list of platforms",
      visit: async () => {
        await connectPlatform(world.store)
        await createPlatform(world.store, { name: "Another" })
        await open("social-platforms", "Ada's sandbox")
      },
    },
    {
      title: "the choice of a service",
      visit: () => open("social-platforms/create", "Any service with a key"),
    },
    {
      title: "the form of a new platform",
      visit: async () => {
        await open("social-platforms/create", "Any service with a key")
        await world.page.getByText("Any service with a key").click()
        await see(world.page.getByText("Webhook secret (optional)"))
      },
    },
    {
      title: "a platform that is not connected",
      visit: async () => {
        const id = await createPlatform(world.store)
        await open(`social-platforms/${id}`, /^Not connected yet/)
      },
    },
    {
      title: "a connected platform",
      visit: async () => {
        const id = await connectPlatform(world.store)
        await open(`social-platforms/${id}`, "@adas-shop")
      },
    },
    {
      title: "the form of a stored platform",
      visit: async () => {
        const id = await createPlatform(world.store, {
          provider: "generic",
          auth_type: "api_key",
          api_config: { api_key: "key" },
        })
        await open(`social-platforms/${id}/edit`, "Erase the stored api key")
      },
    },
    {
      title: "a platform that does not exist",
      visit: () => open("social-platforms/splat_none", "Not found"),
    },
    {
      title: "the end of a refused connection",
      visit: () =>
        open(
          "oauth/sandbox/callback#error=access_denied",
          "The access was refused"
        ),
    },
    {
      title: "the empty list of posts",
      visit: () => open("social-posts", "Write your first post"),
    },
    {
      title: "the list of posts",
      visit: async () => {
        await draft()
        await open("social-posts", "A draft")
      },
    },
    {
      title: "the composer",
      visit: async () => {
        await connectPlatform(world.store)
        await open("social-posts/create", "@adas-shop")
        await world.page
          .getByLabel("Files to upload")
          .setInputFiles(await drawPicture(world.visitor.context))
        await see(world.page.getByText("Alternative text for image 1"))
      },
    },
    {
      title: "the media library",
      visit: async () => {
        await attachedFile()
        await open("social-posts/media", "a-walk-in-the-first-snow.png")
      },
    },
    {
      title: "a file of the media library",
      visit: async () => {
        await open(`social-posts/media/${await attachedFile()}`, /^Meta/)
      },
    },
    {
      title: "a post that failed on one account",
      visit: async () => {
        await open(
          `social-posts/${await halfPublishedPost()}`,
          "Sandbox refused the content"
        )
      },
    },
    {
      title: "the form of a stored post",
      visit: async () => {
        await open(`social-posts/${await draft()}/edit`, "@adas-shop")
      },
    },
  ]

  for (const { title, visit } of views) {
    scene(world, `shows ${title} to everybody`, async () => {
      const { page } = world
      await visit()
      expect(await violationsOf(page)).toEqual([])

      await showIn(page, "dark")
      // The theme changes colours, and nothing else.
      expect(await violationsOf(page, ["color-contrast"])).toEqual([])
      await showIn(page, "light")

      await page.setViewportSize(PHONE)
      expect(await wideElements(page)).toEqual([])
      await page.setViewportSize(DESK)
    })
  }
}
