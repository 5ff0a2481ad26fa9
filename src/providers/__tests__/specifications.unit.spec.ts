import { startDiscord } from "../../../sandbox/networks/discord/server"
import {
  FORUM_ID,
  GUILD_ID,
  NEWS_ID,
  TAG_ID,
  TEXT_ID,
} from "../../../sandbox/networks/discord/state"
import { startGoogle } from "../../../sandbox/networks/google/server"
import { CHANNEL } from "../../../sandbox/networks/google/state"
import { startMastodon } from "../../../sandbox/networks/mastodon/server"
import { startPinterest } from "../../../sandbox/networks/pinterest/server"
import {
  AUTUMN,
  SCARVES,
  USER,
} from "../../../sandbox/networks/pinterest/state"
import type { SimulatorRequest } from "../../../sandbox/networks/simulator"
import { discordProvider } from "../discord/provider"
import { discordWebhookProvider } from "../discord/webhook"
import { businessProfileProvider } from "../google/business-profile/provider"
import { youtubeProvider } from "../google/youtube/provider"
import { mastodonProvider } from "../mastodon/provider"
import { pinterestProvider } from "../pinterest/provider"
import type { LinkCard } from "../publication"
import { createTestContext } from "../testing"
import { createTestJob, workOnTestJob } from "../testing-job"
import {
  type Account,
  publishAndRemove,
  readAccount,
} from "./support/all-operations"
import {
  findDeviations,
  operationOf,
  recordRequests,
  type Specification,
} from "./support/specification"
import { discordSpecification } from "./support/specifications/discord"
import {
  businessProfileSpecification,
  youtubeSpecification,
} from "./support/specifications/google"
import { mastodonSpecification } from "./support/specifications/mastodon"
import { pinterestSpecification } from "./support/specifications/pinterest"
import { testMedia } from "./support/test-media"

const picture = testMedia({ alt_text: "A red scarf" })

const LINK: LinkCard = {
  url: "https://shop.example.com/scarf",
  title: "Scarf",
  description: "Warm and red",
  image: testMedia({ name: "card.png", alt_text: "The scarf" }),
}

/** A post with a picture, and what follows it. */
const THREAD = [
  { text: "Autumn is here", media: [picture] },
  { text: "In five colours" },
]

const sendToMastodon = async (): Promise<SimulatorRequest[]> => {
  const mastodon = await startMastodon(0)
  const recorded = recordRequests(mastodon)
  const context = createTestContext(mastodonProvider, {
    auth_type: "bearer",
    settings: { instance_url: mastodon.url },
    credentials: { access_token: mastodon.makeToken() },
  })
  const account = { external_id: "1" }
  await readAccount(mastodonProvider, context, account)
  await publishAndRemove(mastodonProvider, context, {
    account,
    link: LINK,
    language: "de-AT",
    parts: THREAD,
    settings: {
      visibility: "unlisted",
      spoiler_text: "Fashion",
      sensitive: false,
      focus: [{ x: 0.5, y: -1 }],
    },
  })
  await publishAndRemove(mastodonProvider, context, {
    account,
    lost: true,
    settings: {
      poll: { options: ["Red", "Blue"], expires_in: 86_400, multiple: true },
    },
  })
  mastodon.state.processing_ms = 60_000
  const video = createTestJob({
    account: { external_id: "1" },
    parts: [
      {
        media: [
          testMedia({
            name: "scarf.mp4",
            kind: "video",
            content_type: "video/mp4",
            poster: { media: picture },
          }),
        ],
      },
    ],
  })
  expect(await workOnTestJob(mastodonProvider, context, video)).toMatchObject({
    state: "wait",
  })
  await mastodon.close()
  return recorded
}

const channel = (id: string, kind: string): Account => ({
  external_id: id,
  kind,
  url: `https://discord.com/channels/${GUILD_ID}/${id}`,
})

const CARD = {
  link_as: "card",
  hide_preview: true,
  silent: true,
  spoiler: true,
}

const sendToDiscord = async (): Promise<SimulatorRequest[]> => {
  const discord = await startDiscord(0)
  const recorded = recordRequests(discord)
  const context = createTestContext(discordProvider, {
    settings: { base_url: discord.url },
    credentials: { api_key: discord.state.token },
  })
  await readAccount(discordProvider, context, channel(FORUM_ID, "forum"))
  await publishAndRemove(discordProvider, context, {
    account: channel(NEWS_ID, "announcement"),
    link: LINK,
    parts: THREAD,
    settings: { ...CARD, crosspost: true, discussion: "What do you think?" },
  })
  await publishAndRemove(discordProvider, context, {
    account: channel(TEXT_ID, "text"),
    link: LINK,
    parts: [...THREAD].reverse(),
  })
  const lost = createTestJob({ account: channel(TEXT_ID, "text") })
  await lost.arm(0)
  await discordProvider.recover?.(context, {
    ...lost.lost(),
    // By then Discord has forgotten the message's nonce.
    armed_at: new Date(Date.now() - 3_600_000),
  })
  await publishAndRemove(discordProvider, context, {
    account: channel(FORUM_ID, "forum"),
    lost: true,
    parts: THREAD,
    settings: { title: "Autumn", tags: [TAG_ID] },
  })
  await discord.close()
  return recorded
}

const sendToDiscordByWebhook = async (): Promise<SimulatorRequest[]> => {
  const discord = await startDiscord(0)
  const recorded = recordRequests(discord)
  discord.state.webhook.channel_id = FORUM_ID
  const context = createTestContext(discordWebhookProvider, {
    settings: { base_url: discord.url },
    credentials: { webhook_url: discord.webhookUrl() },
  })
  const account = {
    ...channel(FORUM_ID, "webhook"),
    external_id: discord.state.webhook.id,
  }
  await readAccount(discordWebhookProvider, context, account)
  await publishAndRemove(discordWebhookProvider, context, {
    account,
    link: LINK,
    parts: THREAD,
    settings: { ...CARD, title: "Autumn", tags: [TAG_ID] },
  })
  await discord.close()
  return recorded
}

const sendToYouTube = async (): Promise<SimulatorRequest[]> => {
  const google = await startGoogle(0)
  google.state.processing_ms = 0
  const recorded = recordRequests(google)
  const context = createTestContext(youtubeProvider, {
    settings: { base_url: google.url },
    credentials: google.makeTokens(),
  })
  const account = { external_id: CHANNEL.id, kind: "channel" }
  await readAccount(youtubeProvider, context, account)
  const film = testMedia({
    name: "film.mp4",
    kind: "video",
    content_type: "video/mp4",
    poster: { media: picture },
  })
  const post = {
    account,
    link: LINK,
    parts: [{ text: "Autumn is here", media: [film] }],
  }
  await publishAndRemove(youtubeProvider, context, {
    ...post,
    settings: {
      made_for_kids: "yes",
      privacy: "unlisted",
      category: "26",
      tags: ["scarf", "hand made"],
      playlist: "PLsimulatedAutumn",
      language: "de",
      synthetic_media: true,
      license: "creativeCommon",
    },
  })
  await publishAndRemove(youtubeProvider, context, {
    ...post,
    lost: true,
    settings: { made_for_kids: "no" },
  })
  await google.close()
  return recorded
}

const sendToBusinessProfile = async (): Promise<SimulatorRequest[]> => {
  const google = await startGoogle(0)
  const recorded = recordRequests(google)
  const context = createTestContext(businessProfileProvider, {
    settings: { base_url: google.url },
    credentials: google.makeTokens(
      "https://www.googleapis.com/auth/business.manage"
    ),
  })
  const account = { external_id: "accounts/1/locations/11", kind: "location" }
  await readAccount(businessProfileProvider, context, account)
  const days = { title: "Autumn", starts: "2026-12-01", ends: "2026-12-24" }
  for (const settings of [
    { button: "learn_more" },
    { button: "call" },
    { ...days, topic: "event", ends: "2026-12-24 18:00" },
    { ...days, topic: "offer", coupon_code: "AUTUMN10", terms: "This week" },
  ]) {
    await publishAndRemove(businessProfileProvider, context, {
      account,
      link: LINK,
      settings,
    })
  }
  await publishAndRemove(businessProfileProvider, context, {
    account,
    lost: true,
  })
  await google.close()
  return recorded
}

const sendToPinterest = async (): Promise<SimulatorRequest[]> => {
  const pinterest = await startPinterest(0)
  pinterest.state.processing_ms = 0
  const recorded = recordRequests(pinterest)
  const context = createTestContext(pinterestProvider, {
    settings: { base_url: pinterest.url },
    credentials: pinterest.makeTokens(),
  })
  const account = { external_id: USER.id, kind: "profile" }
  await readAccount(pinterestProvider, context, account, { board: AUTUMN })
  const film = testMedia({ kind: "video", content_type: "video/mp4" })
  const settings = {
    board: AUTUMN,
    section: `${AUTUMN}/${SCARVES}`,
    campaign: "autumn",
    dominant_color: "#AA0000",
  }
  for (const media of [
    [picture],
    [picture, picture],
    [film],
    [{ ...film, poster: { media: picture } }],
  ]) {
    await publishAndRemove(pinterestProvider, context, {
      account,
      link: LINK,
      parts: [{ text: "Autumn is here", media }],
      settings,
    })
  }
  await publishAndRemove(pinterestProvider, context, {
    account,
    parts: [{ text: "Autumn is here", media: [picture] }],
    settings,
    lost: true,
  })
  await pinterest.close()
  return recorded
}

/** What each network documents, and all the ways in which its providers ask for it. */
const NETWORKS: {
  name: string
  specification: Specification
  senders: (() => Promise<SimulatorRequest[]>)[]
}[] = [
  {
    name: "Mastodon",
    specification: mastodonSpecification,
    senders: [sendToMastodon],
  },
  {
    name: "Discord",
    specification: discordSpecification,
    senders: [sendToDiscord, sendToDiscordByWebhook],
  },
  {
    name: "YouTube",
    specification: youtubeSpecification,
    senders: [sendToYouTube],
  },
  {
    name: "Google Business Profile",
    specification: businessProfileSpecification,
    senders: [sendToBusinessProfile],
  },
  {
    name: "Pinterest",
    specification: pinterestSpecification,
    senders: [sendToPinterest],
  },
]

describe.each(NETWORKS)("what $name is sent", ({ specification, senders }) => {
  let sent: SimulatorRequest[] = []

  beforeAll(async () => {
    for (const send of senders) {
      sent.push(...(await send()))
    }
  })

  it("is what the network documents, and nothing else", () => {
    expect(
      sent.flatMap((request) => findDeviations(specification, request))
    ).toEqual([])
  })

  it("is every call that is known of the network", () => {
    const asked = new Set(
      sent.map((request) => operationOf(specification, request)?.call)
    )
    expect([...asked].sort()).toEqual(
      specification.operations.map(({ call }) => call).sort()
    )
  })

  it("deviates by an unknown call, an unknown parameter, and a body's unknown field", () => {
    const request = sent.find(
      ({ headers }) => headers["content-type"] === "application/json"
    )!
    const { method, url, body } = request
    const deviations = (changed: Partial<SimulatorRequest>) =>
      findDeviations(specification, { ...request, ...changed }).join()

    expect(deviations({ method: "PUT" })).toBe(
      `PUT ${url.pathname} is not documented`
    )
    expect(deviations({ url: new URL("?invented=1", url) })).toContain(
      `${method} ${url.pathname}: the query must NOT have additional properties {"additionalProperty":"invented"}`
    )
    const more = { ...JSON.parse(String(body)), invented: 1 } as object
    expect(deviations({ body: Buffer.from(JSON.stringify(more)) })).toContain(
      `${method} ${url.pathname}: the body must NOT have additional properties {"additionalProperty":"invented"}`
    )
    expect(deviations({ body: Buffer.alloc(0), headers: {} })).toBe(
      `${method} ${url.pathname} must have a body`
    )
  })
})
