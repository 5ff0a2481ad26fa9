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
    expect(await work(job)).toEqual({ state: "published" })
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
    expect(await work(job)).toEqual({ state: "published" })
    expect(countRequests(meta(), "POST", /\/upload\//)).toBe(1)
    expect(meta().posts()).toMatchObject([
      {
        kind: "reel",
        files: [{ body: expect.objectContaining({ length: 64 }) }],
      },
    ])
  })

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
        "The token belongs to Ada Lovelace. It was not granted read_insights, business_management: connect it again to allow that.",
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
