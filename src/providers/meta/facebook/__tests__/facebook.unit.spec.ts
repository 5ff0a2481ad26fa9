import { PAGE } from "../../../../../sandbox/networks/meta/state"
import { countRequests } from "../../../../../sandbox/networks/simulator"
import { contractTests, createTestContext } from "../../../testing"
import {
  createTestJob,
  type TestJobOptions,
  workOnTestJob,
} from "../../../testing-job"
import {
  contextOf,
  image,
  requirePublishedOnce,
  useMeta,
  video,
} from "../../__tests__/support/meta"
import { FACEBOOK_SCOPES, facebookProvider as provider } from "../provider"

const meta = useMeta()

const userAccess = () => ({
  host: "facebook" as const,
  token: meta().makeToken("facebook", FACEBOOK_SCOPES),
})

/** What a sync has stored of the page. */
const pageAccess = async () => {
  const [page] =
    (await provider.listAccounts?.(
      contextOf(provider, meta(), userAccess())
    )) ?? []
  return {
    host: "facebook" as const,
    token: page.credentials?.access_token.reveal() ?? "",
  }
}

const account = { external_id: PAGE.id, name: "Ada's shop" }

const jobOf = (options: TestJobOptions = {}) =>
  createTestJob({ placement: "feed", ...options, account })

const work = async (job: ReturnType<typeof jobOf>) =>
  workOnTestJob(provider, contextOf(provider, meta(), await pageAccess()), job)

/** What Facebook has confirmed is looked at once more. */
const workAndLook = async (job: ReturnType<typeof jobOf>) => {
  const progress = await work(job)
  return progress.state === "wait" ? work(job) : progress
}

const KINDS: Record<string, () => TestJobOptions> = {
  "a text with a first comment": () => ({
    placement: "feed",
    parts: [{ text: "Scarves" }, { text: "Which colour?" }],
  }),
  photos: () => ({
    placement: "feed",
    parts: [
      { text: "All", media: [image(meta()), image(meta(), { id: "two" })] },
    ],
  }),
  "a long video": () => ({
    placement: "feed",
    parts: [{ text: "Knitting", media: [video(meta())] }],
  }),
  "a reel": () => ({
    placement: "reel",
    parts: [{ text: "Knitting", media: [video(meta())] }],
  }),
  "a photo and a video as stories": () => ({
    placement: "story",
    parts: [{ media: [image(meta())] }, { media: [video(meta())] }],
  }),
}

describe("Facebook's provider", () => {
  for (const { title, run } of contractTests(provider, {
    credentials: { access_token: "marked-token-91c4" },
  })) {
    it(title, run)
  }

  it.each(Object.keys(KINDS))(
    "publishes %s once, whatever crashes or gets lost",
    async (kind) => {
      await requirePublishedOnce(provider, meta(), await pageAccess(), {
        ...KINDS[kind](),
        account,
      })
    }
  )

  it("gives each page its own token, and publishes with nothing else", async () => {
    const { token } = await pageAccess()
    expect(meta().state.tokens.get(token)?.kind).toBe("page")
    await expect(
      workOnTestJob(
        provider,
        contextOf(provider, meta(), userAccess()),
        jobOf({ parts: [{ text: "Hello" }] })
      )
    ).rejects.toMatchObject({ errorClass: "permission", code: "200" })
    expect(meta().posts()).toEqual([])
  })

  it("proves the app's secret for the page's token, too", async () => {
    const access = await pageAccess()
    meta().state.requires_proof = true
    const job = jobOf()
    expect(
      await workOnTestJob(provider, contextOf(provider, meta(), access), job)
    ).toEqual({ state: "published" })
    const client_id = meta().state.apps.facebook.id
    await expect(
      provider.publish?.(
        createTestContext(provider, {
          settings: { base_url: meta().host("facebook"), client_id },
          credentials: { access_token: access.token, client_secret: "wrong" },
        }),
        jobOf({ key: "second" })
      )
    ).rejects.toMatchObject({ errorClass: "config_error" })
  })

  it("gives a text its link with a preview, and photos their alternative texts", async () => {
    const link = {
      url: "https://shop.example/scarf",
      title: null,
      description: null,
      image: null,
    }
    await work(jobOf({ parts: [{ text: "Look" }], link }))
    await work(
      jobOf({
        parts: [
          { text: "Look", media: [image(meta(), { alt_text: "A scarf" })] },
        ],
        link,
      })
    )
    expect(meta().posts()).toMatchObject([
      { text: "Look", link: "https://shop.example/scarf" },
      {
        text: "Look\n\nhttps://shop.example/scarf",
        link: null,
        files: [{ alt_text: "A scarf" }],
      },
    ])
  })

  it("goes on with a video where the upload ended", async () => {
    const file = video(meta())
    const job = jobOf({ parts: [{ text: "", media: [file] }] })
    const name = /^save video 0/
    job.crash("before", "arm 0")
    expect(await workAndLook(job)).toEqual({ state: "published" })
    expect(job.log.filter((commit) => name.test(commit))).toHaveLength(2)
    // Begun, sent and finished once.
    expect(countRequests(meta(), "POST", /\/videos$/)).toBe(3)
    expect(job.shown).toMatchObject({ done: 64, of: 64 })
    expect(job.parts[0].published?.external_id).toBe(meta().state.videos[0].id)
  })

  it("sends the rest of a reel's video after its connection was cut", async () => {
    const job = jobOf({
      placement: "reel",
      parts: [{ media: [video(meta())] }],
    })
    meta().fault({ path: /\/upload\//, kind: "drop_reply" })
    await expect(work(job)).rejects.toMatchObject({ errorClass: "transient" })
    expect(await workAndLook(job)).toEqual({ state: "published" })
    expect(countRequests(meta(), "POST", /\/upload\//)).toBe(1)
    expect(meta().posts()).toMatchObject([
      {
        kind: "reel",
        files: [{ body: expect.objectContaining({ length: 64 }) }],
      },
    ])
  })

  const VIDEOS: [string, string][] = [
    ["a video of the feed", "feed"],
    ["a reel", "reel"],
  ]

  it.each(VIDEOS)(
    "takes %s for published once Facebook has worked on it, and not before",
    async (_, placement) => {
      meta().state.processing_ms.page_video = 60_000
      const job = jobOf({ placement, parts: [{ media: [video(meta())] }] })
      for (const look of [1, 2]) {
        expect([look, await work(job)]).toMatchObject([
          look,
          { state: "wait", why: "Facebook processes scarf.mp4" },
        ])
      }
      expect(job.parts[0].published).toBeNull()
      meta().state.processing_ms.page_video = 0
      expect(await work(job)).toEqual({ state: "published" })
      expect(meta().posts()).toHaveLength(1)
      expect(job.parts[0].published?.external_id).toBe(meta().posts()[0].id)
    }
  )

  it.each(VIDEOS)(
    "says that Facebook could not work with %s, and sends it anew the next time",
    async (_, placement) => {
      meta().state.video_error = "The codec is not supported."
      const job = jobOf({ placement, parts: [{ media: [video(meta())] }] })
      expect(await work(job)).toMatchObject({ state: "wait" })
      await expect(work(job)).rejects.toMatchObject({
        errorClass: "content_rejected",
        message:
          "Facebook could not work with scarf.mp4: The codec is not supported. Replace it, and publish again.",
      })
      expect(job.armed).toBeUndefined()
      meta().state.video_error = ""
      // A reel's upload begins anew, then it is sent.
      const again = await workAndLook(job)
      expect(again.state === "wait" ? await work(job) : again).toEqual({
        state: "published",
      })
      expect(meta().posts()).toHaveLength(1)
      expect(meta().state.videos).toHaveLength(2)
    }
  )

  it("finds a post whose response got lost behind a hundred later ones", async () => {
    const job = jobOf()
    job.crash("before", "done 0")
    const context = contextOf(provider, meta(), await pageAccess())
    await expect(provider.publish?.(context, job)).rejects.toThrow("ended")
    const [own] = meta().posts()
    for (let other = 0; other < 150; other++) {
      meta()
        .posts()
        .push({ ...own, id: `${PAGE.id}_${other}`, text: "Other" })
    }
    expect(await provider.recover?.(context, job.lost())).toMatchObject({
      outcome: "published",
      ref: { external_id: own.id },
    })
  })

  it.each([
    ["a post", 0, /\/feed$/],
    ["a comment", 1, /\/comments$/],
  ])(
    "does not say that %s is not out while Facebook lists only a part",
    async (_, part, path) => {
      const job = jobOf({ parts: [{ text: "Hello" }, { text: "Yes" }] })
      if (part) {
        await job.done(0, { external_id: "1_2", url: null })
      }
      await job.arm(part, { text: "Hello", photos: [], video: null })
      const reply = (paging: object) =>
        meta().fault({
          path,
          kind: "reply",
          reply: {
            status: 200,
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ data: [{ id: "9" }], paging }),
          },
        })
      const context = contextOf(provider, meta(), await pageAccess())
      const lost = { ...job.lost(), armed_at: new Date(Date.now() - 600_000) }
      reply({ next: "https://graph.facebook.com/next" })
      expect(await provider.recover?.(context, lost)).toEqual({
        outcome: "unknown",
      })
      reply({})
      expect(await provider.recover?.(context, lost)).toEqual({
        outcome: "not_published",
        because: "listing",
      })
    }
  )

  it("keeps a token of sixty days, and what was granted with it", async () => {
    const context = contextOf(provider, meta(), {
      host: "facebook",
      token: meta().makeToken("facebook", FACEBOOK_SCOPES, 3_600_000),
    })
    const granted = {
      access_token: await context.credential("access_token"),
      expires_at: null,
      refresh_token_expires_at: null,
      scopes: null,
    }
    const tokens = await provider.extendGrant?.(context, granted)
    expect(tokens?.scopes).toEqual(FACEBOOK_SCOPES)
    const days =
      ((tokens?.expires_at?.getTime() ?? 0) - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(59)
  })

  it("refuses a grant without the right to publish, and says which one", async () => {
    const context = contextOf(provider, meta(), {
      host: "facebook",
      token: meta().makeToken("facebook", ["pages_show_list"]),
    })
    await expect(
      provider.extendGrant?.(context, {
        access_token: await context.credential("access_token"),
        expires_at: null,
        refresh_token_expires_at: null,
        scopes: null,
      })
    ).rejects.toMatchObject({
      errorClass: "permission",
      message: expect.stringContaining("did not grant pages_manage_posts"),
    })
  })

  it("says what was not granted when it is tested", async () => {
    const context = contextOf(provider, meta(), {
      host: "facebook",
      token: meta().makeToken("facebook", FACEBOOK_SCOPES.slice(0, 4)),
    })
    expect(await provider.verify?.(context)).toMatchObject({
      message:
        "The token belongs to Ada Lovelace. It was not granted pages_manage_metadata, read_insights, business_management: connect it again to allow that.",
      granted_scopes: FACEBOOK_SCOPES.slice(0, 4),
    })
  })

  it("removes a post and takes back the grant", async () => {
    const job = jobOf()
    await work(job)
    const ref = job.parts[0].published ?? { external_id: "", url: null }
    const context = contextOf(provider, meta(), await pageAccess())
    await provider.remove?.(context, job.account, ref)
    expect(meta().posts()).toEqual([])
    await provider.revoke?.(contextOf(provider, meta(), userAccess()))
    await expect(provider.listAccounts?.(context)).rejects.toMatchObject({
      errorClass: "token_invalid",
    })
  })
})
