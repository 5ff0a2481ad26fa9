import { countRequests } from "../../../../sandbox/networks/simulator"
import { createTestJob } from "../../../provider"
import { tiktokProvider } from "../provider"
import {
  contextOf,
  failureOf,
  photo,
  postOf,
  useTikTok,
  work,
} from "./support/tiktok"

const PHOTOS = /content\/init/

const tiktok = useTikTok()

describe("photos", () => {
  it("are fetched as JPEG from the store, with title, text and music", async () => {
    const presets: unknown[] = []
    const upright = photo(tiktok(), {
      ...{ width: 3000, height: 4000 },
      as: async (preset) => {
        presets.push(preset)
        return photo(tiktok())
      },
    })
    const job = createTestJob(
      postOf([upright, photo(tiktok())], { title: "Autumn", add_music: true })
    )
    expect(await work(job, contextOf(tiktok()))).toEqual({ state: "published" })
    const [post] = tiktok().posts()
    expect(post.info).toEqual({
      title: "Autumn",
      description: "The autumn scarf #scarf",
      privacy_level: "PUBLIC_TO_EVERYONE",
      disable_comment: true,
      brand_content_toggle: false,
      brand_organic_toggle: false,
      auto_add_music: true,
    })
    expect(post.files).toHaveLength(2)
    expect(presets).toEqual([
      {
        ...{ format: "jpeg", max_bytes: 20_000_000 },
        ...{ max_width: 1080, max_height: 1920 },
      },
    ])
    expect(job.parts[0].published?.url).toBe(
      `${tiktok().url}/@adasshop/photo/${post.id}`
    )
  })

  it("name the address that has to be verified", async () => {
    tiktok().state.verified_prefix = "https://shop.example.com/"
    const address = `${tiktok().url}/social-media/smed_1.x/scarf.jpg`
    const job = createTestJob(
      postOf([photo(tiktok(), { publicUrl: async () => address })])
    )
    expect(await failureOf(work(job, contextOf(tiktok())))).toMatchObject({
      errorClass: "config_error",
      code: "url_ownership_unverified",
      message: expect.stringContaining(
        `Verify the URL prefix ${tiktok().url}/social-media/ at TikTok`
      ),
    })
    expect(job.armed).toBeUndefined()
  })

  it("say that TikTok could not fetch them, and are tried again", async () => {
    const gone = photo(tiktok(), {
      publicUrl: async () => `${tiktok().url}/gone.jpeg`,
    })
    const job = createTestJob(postOf([gone]))
    expect(await failureOf(work(job, contextOf(tiktok())))).toMatchObject({
      errorClass: "transient",
      code: "photo_pull_failed",
    })
    expect(job.armed).toBeUndefined()
  })

  it("are not marked as AI-generated without saying so", async () => {
    const job = createTestJob(postOf([photo(tiktok())], { ai_generated: true }))
    expect(await failureOf(work(job, contextOf(tiktok())))).toMatchObject({
      code: "photos_not_marked",
    })
  })

  it("whose answer got lost are found by their text among what is public", async () => {
    tiktok().fault({ method: "POST", path: PHOTOS, kind: "drop_reply" })
    const job = createTestJob(postOf([photo(tiktok())]))
    expect(await work(job, contextOf(tiktok()))).toEqual({ state: "published" })
    expect(job.parts[0].published?.external_id).toBe(tiktok().posts()[0].id)
    expect(countRequests(tiktok(), "POST", PHOTOS)).toBe(1)
  })

  const lostPhotos = async (settings: object = {}, text?: string) => {
    tiktok().fault({ method: "POST", path: PHOTOS, kind: "drop_request" })
    const job = createTestJob(postOf([photo(tiktok())], settings, text))
    expect(await work(job, contextOf(tiktok()))).toEqual({ state: "unknown" })
    return job.lost()
  }

  it("that are not listed are asked for, for half an hour", async () => {
    const lost = await lostPhotos()
    const ask = (minutes: number) =>
      tiktokProvider.recover!(contextOf(tiktok()), {
        ...lost,
        armed_at: new Date(Date.now() - minutes * 60_000),
      })
    expect(await ask(5)).toMatchObject({ outcome: "ask_again" })
    expect(await ask(31)).toEqual({ outcome: "unknown" })
  })

  it.each([
    ["few may see", { privacy_level: "SELF_ONLY" }, "A scarf"],
    ["have no words", {}, ""],
  ])("that %s are for a person to look for", async (_, settings, text) => {
    const lost = await lostPhotos(settings, text)
    expect(await tiktokProvider.recover!(contextOf(tiktok()), lost)).toEqual({
      outcome: "unknown",
    })
  })
})
