import type { CredentialEvent } from "../../../shared/api-types"
import { activityOf as activityAt, actorName } from "../activity-words"

const event = (
  type: string,
  details: Record<string, unknown> | null = null
): CredentialEvent => ({
  id: "scev_1",
  platform_id: "splat_1",
  type,
  actor_id: null,
  details,
  count: 1,
  last_at: null,
  created_at: "2026-01-01T00:00:00.000Z",
})

const activityOf = (entry: CredentialEvent, byRedirect = true) =>
  activityAt(entry, {
    name: "Our shop",
    service: "Sandbox",
    account: "Ada's Shop",
    byRedirect,
  })

describe("the words of the activity", () => {
  it.each([
    "created",
    "updated",
    "connected",
    "connection_refused",
    "refreshed",
    "refresh_failed",
    "reauthorization_required",
    "configuration_alarm",
    "expiry_warning",
    "invalidated",
    "disconnected",
    "deleted",
    "imported",
    "rotated",
    "sealed",
  ])("know what %s means, also without details", (type) => {
    const { title, note } = activityOf(event(type))
    expect(title).not.toMatch(/_/)
    expect(note).toBeNull()
  })

  it("name the fields that were replaced and erased", () => {
    const { note } = activityOf(
      event("updated", {
        credentials: ["api_key", "webhook_secret"],
        erased: ["webhook_secret"],
      })
    )
    expect(note).toBe("New: api key. Erased: webhook secret.")
  })

  it("say what a failure means, with its code for whoever looks it up", () => {
    expect(
      activityOf(
        event("refresh_failed", { class: "rate_limited", code: "too_many" })
      ).note
    ).toBe("Sandbox asks us to slow down (too_many).")
    expect(
      activityOf(event("configuration_alarm", { code: "invalid_client" })).note
    ).toBe(
      "Sandbox does not accept the client ID or the client secret (invalid_client)."
    )
  })

  it("say whose access the service has ended", () => {
    const lost = { class: "token_invalid", code: "invalid_grant" }
    expect(activityOf(event("reauthorization_required", lost)).note).toBe(
      "Ada's Shop withdrew the access (invalid_grant)."
    )
  })

  it("say why access is used no more, and how it is got back", () => {
    const lost = (code: string) =>
      event("invalidated", { class: "token_invalid", code })
    expect(activityOf(lost("access_withdrawn")).note).toBe(
      'The person who connected it has removed the app at Sandbox. Connect "Our shop" again, and allow Sandbox everything that it asks for.'
    )
    expect(activityOf(lost("marked_invalid"), false).note).toBe(
      'It was reported that Sandbox no longer accepts the access, so it is not used any more. Make new credentials at Sandbox, and enter them in the settings of "Our shop".'
    )
  })

  it("name the key that credentials were encrypted with anew", () => {
    expect(activityOf(event("rotated", { key_version: 2 })).note).toBe(
      "With key 2."
    )
  })

  it("tell whether the service has withdrawn the access", () => {
    const noteOf = (revoked: boolean, revoked_tokens: string[] = []) =>
      activityOf(event("disconnected", { revoked, revoked_tokens })).note
    expect(noteOf(true)).toBe("Sandbox has withdrawn the access.")
    expect(noteOf(false)).toMatch(/^Sandbox has not confirmed /)
    expect(noteOf(false, ["refresh_token"])).toBe(
      "Sandbox confirmed the end of the refresh token, not of the access token: remove the application in your account there, too."
    )
    expect(noteOf(false, ["access_token"])).toMatch(
      /end of the access token, not of the refresh token:/
    )
  })

  it("tell why access was erased that nobody here has disconnected", () => {
    const reason = "The person who connected it wants their data deleted."
    expect(activityOf(event("disconnected", { reason })).note).toBe(reason)
  })

  it("count the refreshes that stand in one entry", () => {
    const noteOf = (count: number, last_at: string | null) =>
      activityOf({ ...event("refreshed"), count, last_at }).note
    expect(noteOf(24, new Date().toISOString())).toMatch(
      /^Refreshed 24 times, last at \d\d?:\d\d.*\.$/
    )
    expect(noteOf(1, null)).toBeNull()
  })

  it("survive details of another shape and a type that is new", () => {
    expect(
      activityOf(event("connected", { scopes: "read", more: {} })).note
    ).toBeNull()
    expect(activityOf(event("key_exported", { a: 1 }))).toEqual({
      title: "Key exported",
      note: null,
      color: "grey",
    })
    expect(activityOf(event("constructor")).title).toBe("Constructor")
  })

  it("say who did it, also when the admin is gone", () => {
    const emails = new Map([["user_1", "ada@example.com"]])
    expect(actorName("user_1", emails)).toBe("ada@example.com")
    expect(actorName("user_2", emails)).toBe("An admin")
    expect(actorName(null, emails)).toBe("Automatically")
  })
})
