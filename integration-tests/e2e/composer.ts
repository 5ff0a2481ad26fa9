import type { Locator } from "playwright-core"
import { PNG } from "../http/support/pictures"
import { eventually } from "../http/support/eventually"
import { sandbox } from "../http/support/sandbox"
import { makeVideo } from "../http/support/videos"
import { accountIds, connectPlatform, createPost } from "./support/arrange"
import { section, see, seeNoMore } from "./support/browser-session"
import { scene, type World } from "./support/environment"
import { drawPicture } from "./support/picture"

/** As slow as a phone in a cellar, in bytes a second. */
const SLOW = 200_000

/** The files of a post: how they come there, and what a person says of them. */
export const composerSuite = (world: World): void => {
  const mainAccount = async (): Promise<string> => {
    const id = await connectPlatform(world.store)
    return (await accountIds(world.store, id)).page_main
  }

  /** Opens the composer with a text for the main account. */
  const compose = async (text: string): Promise<Locator> => {
    const { page } = world
    await page.goto("/app/social-posts/create")
    await page.getByLabel("Text", { exact: true }).fill(text)
    await page.getByLabel(/Ada's Shop/).check()
    return page.getByRole("group", { name: "Images and videos" })
  }

  const focused = () =>
    world.page.evaluate(() =>
      document.activeElement?.getAttribute("aria-label")
    )

  scene(
    world,
    "takes files in their order with words of their own, also in parts, and refuses at once what is none",
    async () => {
      const { page, visitor } = world
      await mainAccount()
      const files = await compose("Warm things")
      await files.getByLabel("Files to upload").setInputFiles([
        await drawPicture(visitor.context),
        {
          name: "list.png",
          mimeType: "image/png",
          buffer: Buffer.from("scarves\ngloves\n".repeat(50)),
        },
        { name: "dot.png", mimeType: "image/png", buffer: PNG },
      ])
      await see(
        files.getByText(
          "list.png was not uploaded. The file is said to be image/png, but its bytes are no image"
        )
      )
      await see(files.getByText("scarf.png: 800 × 600 pixels"))
      await see(files.getByText("dot.png: 1 × 1 pixels"))
      await files
        .getByRole("button", { name: "Close the message about list.png" })
        .click()
      await files.getByLabel("Alternative text for image 1").fill("A red scarf")
      await files.getByLabel("Alternative text for image 2").fill("A dot")
      await files.getByRole("button", { name: "Move image 2 up" }).focus()
      await page.keyboard.press("Enter")
      await see(files.getByText("Now number 1 of 2."))
      expect(await focused()).toBe("Move image 1 down")
      expect(
        await files.getByLabel("Alternative text for image 1").inputValue()
      ).toBe("A dot")

      await page
        .getByRole("button", { name: "Add a part to the thread" })
        .click()
      await page.getByLabel("Part 2", { exact: true }).fill("And gloves")
      const partFiles = page.getByRole("group", { name: "Files of part 2" })
      await partFiles.getByLabel("Files to upload").setInputFiles({
        name: "glove.png",
        mimeType: "image/png",
        buffer: PNG,
      })
      await partFiles
        .getByLabel("Alternative text for image 1")
        .fill("A pair of gloves")
      await page.getByRole("button", { name: "Publish now" }).click()
      await see(
        section(page, "Publications").getByText("Published", { exact: true })
      )

      await eventually(async () =>
        expect(
          (await sandbox.posts()).map(({ text, media }) => [
            text,
            media.map(({ alt_text }) => alt_text),
          ])
        ).toEqual(
          expect.arrayContaining([
            ["Warm things", ["A dot", "A red scarf"]],
            ["And gloves", ["A pair of gloves"]],
          ])
        )
      )
      const content = section(page, "Post")
      await see(content.getByText("And gloves"))
      expect(
        await content
          .getByRole("img", { name: "A red scarf" })
          .evaluate((element) => (element as HTMLImageElement).naturalWidth)
      ).toBe(800)
    }
  )

  scene(
    world,
    "shows how far a file is, waits with it, and leaves nothing of one that is cancelled",
    async () => {
      const { page, store, visitor } = world
      await mainAccount()
      const files = await compose("Large")
      const network = await visitor.context.newCDPSession(page)
      await network.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: SLOW,
      })
      await files.getByLabel("Files to upload").setInputFiles({
        name: "large.png",
        mimeType: "image/png",
        buffer: Buffer.concat([PNG, Buffer.alloc(4 * 1024 * 1024)]),
      })
      await see(files.getByText(/^[\d.]+ (k|M)B of 4 MB$/))
      await page.getByRole("button", { name: "Publish now" }).click()
      await see(page.getByText(/^A file is still being uploaded/))
      await files
        .getByRole("button", { name: "Cancel the upload of large.png" })
        .click()
      await seeNoMore(page.getByText(/^A file is still being uploaded/))
      await seeNoMore(files.getByText("large.png"))
      expect(await sandbox.posts()).toEqual([])
      expect(await store.sql("select id from social_media")).toEqual([])
    }
  )

  scene(
    world,
    "publishes a video with the cover that a person chose, and says how far the network is with it",
    async () => {
      const { page, store } = world
      await mainAccount()
      await sandbox.settings({ video_processing_ms: 8000 })
      const files = await compose("Knitting, in two seconds")
      await files.getByLabel("Files to upload").setInputFiles({
        name: "knitting.mp4",
        mimeType: "video/mp4",
        buffer: await makeVideo(),
      })
      await see(files.getByText("knitting.mp4: 320 × 180 pixels, 2 s"))
      await see(files.getByText("The network chooses the cover."))
      await files
        .getByRole("button", { name: "Choose the cover of video 1" })
        .click()
      const moment = files.getByLabel("A moment of the video, in seconds")
      await moment.fill("9")
      await files.getByRole("button", { name: "Use this moment" }).click()
      await see(
        page.getByText(
          "poster.at_ms is 9000, but the video ends after 2000 ms."
        )
      )
      await moment.fill("1.5")
      await files.getByRole("button", { name: "Use this moment" }).click()
      await see(files.getByText("The cover is the moment at 1.5 s."))
      expect(await store.sql("select poster from social_media")).toEqual([
        { poster: { at_ms: 1500 } },
      ])

      await page.getByRole("button", { name: "Publish now" }).click()
      const publications = section(page, "Publications")
      await see(publications.getByText("In progress"))
      await see(publications.getByText(/^Sandbox processes the video: \d+ %\./))
      await see(publications.getByText("Published", { exact: true }))
      expect((await sandbox.posts())[0].media).toHaveLength(1)
    }
  )

  scene(
    world,
    "lists the files of posts with what uses them and who came for them, and deletes what nothing uses",
    async () => {
      const { page, store, visitor } = world
      const account = await mainAccount()
      const files = await compose("Scarves are in")
      await files
        .getByLabel("Files to upload")
        .setInputFiles([
          await drawPicture(visitor.context),
          { name: "dot.png", mimeType: "image/png", buffer: PNG },
        ])
      await see(files.getByText("dot.png: 1 × 1 pixels"))
      await files.getByRole("button", { name: "Remove image 2" }).click()
      await page.getByRole("button", { name: "Save as draft" }).click()
      await see(section(page, "Post").getByText("Scarves are in"))
      await store.sql(
        `update social_media set fetches = $1 where name = 'scarf.png'`,
        [
          JSON.stringify([
            {
              at: "2026-11-22T10:00:00.000Z",
              method: "GET",
              user_agent: "facebookexternalhit/1.1",
              status: 410,
              bytes: 0,
            },
          ]),
        ]
      )

      const library = page
        .getByRole("navigation")
        .getByRole("link", { name: "Media library" })
      await library.click()
      const table = page.getByRole("region", { name: "Media library" })
      await see(table.getByRole("row", { name: /^dot\.png .*Nothing/ }))
      const used = table.getByRole("row", { name: /^scarf\.png Image \(PNG\)/ })
      await see(used.getByRole("link", { name: "Scarves are in" }))
      await used.getByRole("link", { name: "scarf.png" }).click()
      await see(section(page, "Used by").getByText("Scarves are in"))
      await see(section(page, "File").getByText("800 × 600 pixels"))
      await see(
        section(page, "Fetched by networks").getByRole("row", {
          name: /Meta Came too late: the address had expired$/,
        })
      )
      const menu = page.getByRole("button", {
        name: "More actions for this file",
      })
      await menu.click()
      expect(
        await page
          .getByRole("menuitem", { name: "Delete" })
          .getAttribute("aria-disabled")
      ).toBe("true")
      await page.keyboard.press("Escape")

      await library.click()
      await table.getByRole("link", { name: "dot.png" }).click()
      await see(page.getByText("Nothing uses this file."))
      await see(page.getByText(/^No network has ever come for this file/))
      const deleteFile = async () => {
        await menu.click()
        await page.getByRole("menuitem", { name: "Delete" }).click()
        await page
          .getByRole("alertdialog", { name: "Delete dot.png?" })
          .getByRole("button", { name: "Delete" })
          .click()
      }
      const [{ id }] = await store.sql(
        "select id from social_media where name = 'dot.png'"
      )
      await createPost(store, {
        caption: "Dots too",
        account_ids: [account],
        media: [{ url: "https://shop.example.com/dot.png", media_id: id }],
      })
      await deleteFile()
      await see(
        page.getByText(
          /^The file "dot\.png" is used by the post "Dots too" \(spost_\w+\)\. Take it out there/
        )
      )
      await store.sql(
        "update social_post set deleted_at = now() where caption = 'Dots too'"
      )
      await deleteFile()
      await see(page.getByText("File deleted"))
      await see(table.getByRole("link", { name: "scarf.png" }))
      await seeNoMore(table.getByRole("link", { name: "dot.png" }))
    }
  )
}
