import type { PublicationState } from "../../../shared/api-types"
import type { SocialPost } from "../../../shared/post-types"
import { formatDateTime } from "../format"
import { publicationBadge } from "../labels"
import { publicationFacts } from "../publication-facts"
import { canEdit, canRetry, commentsOf, partInDoubt } from "../post-state"

const post = (
  status: SocialPost["status"],
  states: PublicationState[]
): SocialPost => ({
  id: "spost_1",
  caption: "Hello",
  link: null,
  media: [],
  status,
  scheduled_at: null,
  published_at: null,
  created_by: null,
  created_at: "2026-11-21T10:00:00.000Z",
  updated_at: "2026-11-21T10:00:00.000Z",
  publications: states.map((state, index) => ({
    id: `spub_${index}`,
    account_id: `sacc_${index}`,
    account: null,
    state,
    external_id: null,
    external_url: null,
    attempts: 1,
    next_attempt_at: null,
    published_at: null,
    last_error: null,
  })),
})

describe("what can be done with a post", () => {
  it("offers a retry where something failed or is unknown", () => {
    expect(canRetry(post("failed", ["failed"]))).toBe(true)
    expect(canRetry(post("partially_published", ["published", "failed"]))).toBe(
      true
    )
    expect(canRetry(post("publishing", ["unknown", "pending"]))).toBe(true)
  })

  it("offers no retry while an attempt runs, or for what waits by itself", () => {
    expect(canRetry(post("publishing", ["failed", "publishing"]))).toBe(false)
    expect(canRetry(post("publishing", ["pending"]))).toBe(false)
    expect(canRetry(post("published", ["published"]))).toBe(false)
  })

  it("lets a post be changed until it is out somewhere", () => {
    expect(canEdit(post("draft", ["pending"]))).toBe(true)
    expect(canEdit(post("failed", ["failed"]))).toBe(true)
    expect(canEdit(post("partially_published", ["published", "failed"]))).toBe(
      false
    )
  })

  it("asks about the first part that is not out, by the account's own parts", () => {
    const post = { parts: [{ text: "2" }, { text: "3" }] }
    const out = { part: 0, external_id: "a", url: null }
    expect(partInDoubt(post, { parts: null, variant: null })).toEqual({
      part: 0,
      total: 3,
    })
    expect(partInDoubt(post, { parts: [out], variant: null })).toEqual({
      part: 1,
      total: 3,
    })
    expect(partInDoubt(post, { parts: null, variant: { parts: [] } })).toEqual({
      part: 0,
      total: 1,
    })
  })

  it("tells comments from the parts before them, and asks about the one in doubt", () => {
    const post = { parts: [{ text: "2" }] }
    const out = (part: number) => ({
      part,
      external_id: String(part),
      url: `https://sandbox.example/posts/${part}`,
    })
    const publication = {
      variant: null,
      changed_content: null,
      parts: [out(0), out(1), out(2)],
      comments: [{ text: "Sold out!" }, { text: "More tomorrow." }],
    }
    expect(commentsOf(post, publication)).toEqual([
      { text: "Sold out!", part: 2, isOut: true, url: out(2).url },
      { text: "More tomorrow.", part: 3, isOut: false, url: null },
    ])
    expect(partInDoubt(post, publication)).toEqual({ part: 3, total: 4 })
    const changed = { ...publication, changed_content: { parts: [] } }
    expect(commentsOf(post, changed).map(({ part }) => part)).toEqual([1, 2])
  })

  it("tells what a person removed from what the network took down", () => {
    const gone = { part: 0, reason: "Spam", at: "2026-11-21T10:00:00.000Z" }
    const label = (
      removed_at: string | null,
      removed_by_network: typeof gone | null
    ) =>
      publicationBadge({ state: "published", removed_at, removed_by_network })
        ?.label
    expect([
      label(null, null),
      label(null, gone),
      label(gone.at, null),
      label(gone.at, gone),
    ]).toEqual(["Published", "Taken down", "Removed", "Removed"])
  })
})

describe("how a publication stands", () => {
  const NOW = new Date("2026-11-21T10:00:00.000Z")
  const LATER = "2026-11-21T12:00:00.000Z"
  const [pending] = post("publishing", ["waiting"]).publications
  const facts = (rest: object) => publicationFacts({ ...pending, ...rest }, NOW)

  it("says until when it waits, and when waiting ends", () => {
    expect(
      facts({
        waiting: { why: "Sandbox takes 25 posts a day on Main" },
        next_attempt_at: LATER,
      })
    ).toBe(
      `Sandbox takes 25 posts a day on Main. It goes on ${formatDateTime(LATER)}.`
    )
    expect(
      facts({
        waiting: {
          ...{ why: "Sandbox processes the video", done: 40, of: 100 },
          give_up_at: LATER,
        },
        next_attempt_at: "2026-11-21T10:00:10.000Z",
      })
    ).toBe(
      `Sandbox processes the video: 40 %. It waits until ${formatDateTime(LATER)} at the longest.`
    )
  })

  it("names the post's own time where all is ready for it", () => {
    expect(
      facts({
        waiting: { why: "Everything is ready, and goes out at its time" },
        publish_at: LATER,
        next_attempt_at: "2026-11-21T11:59:55.000Z",
      })
    ).toBe(
      `Everything is ready, and goes out at its time. It goes on ${formatDateTime(LATER)}.`
    )
  })
})
