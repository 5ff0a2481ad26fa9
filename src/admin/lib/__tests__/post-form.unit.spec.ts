import type { SocialPost } from "../../../shared/post-types"
import {
  postFormDefaults,
  scheduleProblem,
  toCreatePostBody,
  toUpdatePostBody,
} from "../post-form"

const SCHEDULED_AT = "2026-12-24T10:00:00.000Z"

const post: SocialPost = {
  id: "spost_1",
  caption: "Hello",
  link: "https://example.com",
  media: [{ url: "https://example.com/a.png", alt_text: null }],
  status: "scheduled",
  scheduled_at: SCHEDULED_AT,
  published_at: null,
  created_by: null,
  created_at: SCHEDULED_AT,
  updated_at: SCHEDULED_AT,
  publications: [],
  products: [],
}

describe("the post form", () => {
  it("creates without what was left empty", () => {
    const values = {
      ...postFormDefaults(),
      caption: " Hello ",
      account_ids: ["a"],
    }

    expect(toCreatePostBody(values)).toEqual({
      caption: "Hello",
      media: [],
      account_ids: ["a"],
      product_ids: [],
    })
  })

  it("does not plan a post anew where the time was not changed", () => {
    const body = toUpdatePostBody(postFormDefaults(post), post)

    expect(body).not.toHaveProperty("scheduled_at")
  })

  it("says what is wrong with half a date, and with one that has passed", () => {
    const now = new Date(SCHEDULED_AT)
    const later = new Date(now.getTime() + 1)

    expect(scheduleProblem("incomplete", now)).toMatch(/^Finish the date/)
    expect(scheduleProblem(now, now)).toMatch(/still to come/)
    expect(scheduleProblem(later, now)).toBeNull()
    expect(scheduleProblem(null, now)).toBeNull()
  })

  it("never takes half a date for no date", () => {
    const scheduled_at = "incomplete" as const

    expect(() =>
      toCreatePostBody({ ...postFormDefaults(), scheduled_at })
    ).toThrow("lacks a part")
    expect(() =>
      toUpdatePostBody({ ...postFormDefaults(post), scheduled_at }, post)
    ).toThrow("lacks a part")
  })

  it("takes a post out of the plan by sending null", () => {
    const values = { ...postFormDefaults(post), scheduled_at: null }

    expect(toUpdatePostBody(values, post).scheduled_at).toBeNull()
  })

  it("does not offer the past time of a failed post as its plan", () => {
    const failed = { ...post, status: "failed" as const }
    const values = postFormDefaults(failed)

    expect(values.scheduled_at).toBeNull()
    expect(toUpdatePostBody(values, failed)).not.toHaveProperty("scheduled_at")
  })

  it("keeps the language of a post, sends a new one bare, and removes an emptied one", () => {
    const german = { ...post, language: "de-AT" }
    const written = postFormDefaults(german)
    expect(toUpdatePostBody(written, german).language).toBe("de-AT")
    const language = (text: string) => ({ ...written, language: text })
    expect(toCreatePostBody(language(" en ")).language).toBe("en")
    expect(toCreatePostBody(language(" "))).not.toHaveProperty("language")
    expect(toUpdatePostBody(language(""), german).language).toBeNull()
  })

  it("removes an emptied link by sending null", () => {
    const values = { ...postFormDefaults(post), link: "" }

    expect(toUpdatePostBody(values, post).link).toBeNull()
  })
})
