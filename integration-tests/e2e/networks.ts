import type { Locator } from "playwright-core"
import { eventually } from "../http/support/eventually"
import { makeVideo } from "../http/support/videos"
import { section, see } from "./support/browser-session"
import { scene, type World } from "./support/environment"
import {
  connectNetwork,
  nameOf,
  type Network,
  type Networks,
  type Shown,
  startNetworks,
} from "./support/networks"
import { drawPicture, type PictureFile } from "./support/picture"

/** Preparing a video for that many networks takes its time. */
const PATIENCE_MS = 60_000

/** One post for every network, each of which wants something of its own. */
export const networksSuite = (world: World): void => {
  let networks: Networks
  let picture: PictureFile
  let video: PictureFile

  beforeAll(async () => {
    networks = await startNetworks(world.store.url)
    picture = await drawPicture(world.visitor.context)
    video = {
      name: "scarf.mp4",
      mimeType: "video/mp4",
      buffer: await makeVideo({
        width: 720,
        height: 1280,
        frames: 150,
        weight: 1_000,
      }),
    }
  })
  afterAll(() => networks.close())
  beforeEach(async () => {
    networks.forget()
    for (const network of networks.all) {
      await connectNetwork(world.store, network)
    }
  })

  const networkOf = (provider: string): Network =>
    networks.all.find((network) => network.provider === provider)!

  /** Chooses an account of each network. */
  const chooseAccounts = async (): Promise<void> => {
    for (const network of networks.all) {
      await world.page
        .getByRole("group", { name: nameOf(network) })
        .getByRole("checkbox")
        .first()
        .check()
    }
  }

  /** What is different on one network's account. */
  const customise = async (
    provider: string,
    change: (own: Locator) => Promise<void>
  ): Promise<void> => {
    const item = world.page
      .getByRole("listitem")
      .filter({ hasText: `(${nameOf(networkOf(provider))})` })
    const button = item.getByRole("button", { name: /^Customise for/ })
    await button.click()
    await change(item)
    await button.click()
  }

  const useOtherFile = async (
    own: Locator,
    file: PictureFile
  ): Promise<void> => {
    await own
      .getByRole("button", { name: "Choose other files for this account" })
      .click()
    const files = own.getByRole("group", { name: "Files for this account" })
    const remove = files.getByRole("button", { name: /^Remove / })
    while ((await remove.count()) > 0) {
      await remove.first().click()
    }
    await files.getByLabel("Files to upload").setInputFiles([file])
    await see(files.getByText(new RegExp(`^${file.name}: \\d+ × \\d+ pixels`)))
  }

  /** Finds a choice in a list that the network has. */
  const find = async (
    own: Locator,
    setting: RegExp,
    word: string
  ): Promise<void> => {
    const list = own.getByRole("combobox", { name: setting })
    await list.click()
    await list.fill(word)
    await world.page
      .getByRole("option", { name: new RegExp(`^${word}`) })
      .click()
  }

  /** What networks want to be told of every post. */
  const sayWhereTo = async (): Promise<void> => {
    await customise("tiktok", (own) => find(own, /^Who can see it/, "Everyone"))
    await customise("pinterest", (own) => find(own, /^Board/, "Autumn"))
    await customise("reddit", (own) => find(own, /^Community/, "r/scarves"))
  }

  const sayForKids = (own: Locator) =>
    own.getByRole("radio", { name: "No, it is not made for kids" }).check()

  /** Publishes, and waits until every network shows it once. */
  const publishEverywhere = async (): Promise<Record<string, Shown>> => {
    await world.page.getByRole("button", { name: "Publish now" }).click()
    const published = section(world.page, "Publications").getByText(
      "Published",
      { exact: true }
    )
    await eventually(
      async () => expect(await published.count()).toBe(networks.all.length),
      PATIENCE_MS
    )
    return Object.fromEntries(
      networks.all.map(({ provider, posts }) => {
        expect([provider, posts().length]).toEqual([provider, 1])
        return [provider, posts()[0]]
      })
    )
  }

  scene(
    world,
    "publishes one video on every network, each in its own way",
    async () => {
      const { page } = world
      await page.goto("/app/social-posts/create")
      await page
        .getByLabel("Text", { exact: true })
        .fill("A scarf in six seconds")
      const files = page.getByRole("group", { name: "Images and videos" })
      const upload = files.getByLabel("Files to upload").first()
      await upload.setInputFiles([video])
      await see(page.getByText("scarf.mp4: 720 × 1280 pixels, 6 s"))
      await page
        .getByRole("button", { name: "Choose the cover of video 1" })
        .click()
      await upload.setInputFiles([picture])
      await see(page.getByText("The cover is a picture of its own."))
      await chooseAccounts()
      await sayWhereTo()
      await customise("youtube", sayForKids)
      await customise("google_business_profile", async (own) => {
        await useOtherFile(own, picture)
        await own.getByLabel("Text for this account").fill("Scarves are here")
      })
      const { google_business_profile, ...others } = await publishEverywhere()
      expect(google_business_profile).toEqual({
        text: "Scarves are here",
        files: 1,
      })
      for (const { text, files } of Object.values(others)) {
        expect(text).toContain("A scarf in six seconds")
        expect(files).toBe(1)
      }
    }
  )

  scene(
    world,
    "publishes one gallery on every network, with a film where that is all it takes",
    async () => {
      const { page } = world
      await page.goto("/app/social-posts/create")
      await page
        .getByLabel("Text", { exact: true })
        .fill("Scarves, from two sides")
      const files = page.getByRole("group", { name: "Images and videos" })
      await files
        .getByLabel("Files to upload")
        .setInputFiles([picture, { ...picture, name: "back.png" }])
      await see(files.getByText("back.png: 800 × 600 pixels"))
      await files.getByLabel("Alternative text for image 1").fill("The front")
      await files.getByLabel("Alternative text for image 2").fill("The back")
      await chooseAccounts()
      await sayWhereTo()
      await customise("youtube", async (own) => {
        await sayForKids(own)
        await useOtherFile(own, video)
      })
      await customise("google_business_profile", (own) =>
        useOtherFile(own, picture)
      )
      const { google_business_profile, youtube, ...galleries } =
        await publishEverywhere()
      expect([google_business_profile.files, youtube.files]).toEqual([1, 1])
      for (const { text, files: shown } of Object.values(galleries)) {
        expect(text).toContain("Scarves, from two sides")
        expect(shown).toBe(2)
      }
    }
  )
}
