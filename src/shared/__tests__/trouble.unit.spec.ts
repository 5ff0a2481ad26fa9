import {
  howToReconnect,
  nextActionOn,
  platformAdvice,
  publicationAdvice,
  troubleDetail,
  troubleSentences,
  troubleTitle,
} from "../trouble"

const parties = {
  name: "My network",
  service: "Sandbox",
  account: "Ada's Shop",
  byRedirect: true,
}
const failure = (errorClass: string, code: string | null = null) => ({
  class: errorClass,
  code,
  message: `Sandbox answered 400 (${code}): the reason.`,
})

describe("what went wrong, in words", () => {
  it.each([
    ["token_invalid", "invalid_grant", "Ada's Shop withdrew the access"],
    ["token_invalid", "http_401", "Sandbox no longer accepts the access"],
    ["token_expired", null, "The access has run out"],
    ["permission", "scope", "Sandbox does not allow this"],
    ["rate_limited", "rate_limited", "Sandbox asks us to slow down"],
    ["transient", "ENOTFOUND", "Sandbox cannot be reached"],
    ["transient", "timeout", "Sandbox cannot be reached"],
    ["transient", "http_500", "Sandbox does not answer as it should"],
    ["content_rejected", "too_long", "Sandbox refused the content"],
    ["account_restricted", "x", "Sandbox restricts this account"],
    ["duplicate", "x", "Sandbox says that it has this already"],
    [
      "config_error",
      "invalid_client",
      "Sandbox does not accept the client ID or the client secret",
    ],
    [
      "config_error",
      "missing_client_secret",
      "The client ID or the client secret for Sandbox is missing",
    ],
    ["config_error", "probe", "The settings for Sandbox are not right"],
    ["config_error", "refused_by_store", "The store keeps this from going out"],
    ["config_error", "unexpected_error", "The store could not do this"],
    [
      "transient",
      "database_error",
      "The store's database could not be reached",
    ],
    ["transient", "waited_too_long", "Its time passed"],
    ["transient", "worker_lost", "The store was stopped while it published"],
  ])("says of %s (%s): %s", (errorClass, code, title) => {
    expect(troubleTitle(failure(errorClass, code), parties)).toBe(title)
  })

  it("names the service where nobody knows the account", () => {
    expect(
      troubleTitle(failure("token_invalid", "invalid_grant"), {
        service: "Sandbox",
      })
    ).toBe("Sandbox withdrew the access")
  })

  it("repeats what a person in the store has said", () => {
    expect(
      troubleSentences(
        {
          class: "token_invalid",
          code: "marked_invalid",
          message: "It was in a screenshot.",
        },
        parties
      )
    ).toBe("Marked as needing reconnection: It was in a screenshot.")
  })

  it("tells what the service said only where that says more", () => {
    expect(troubleDetail(failure("content_rejected", "x"))).toMatch(/reason/)
    expect(troubleDetail(failure("config_error", "x"))).toMatch(/reason/)
    expect(troubleDetail(failure("transient", "ENOTFOUND"))).toBeNull()
    expect(troubleDetail(failure("rate_limited", "x"))).toBeNull()
    expect(troubleDetail(failure("config_error", "invalid_client"))).toBeNull()
  })

  it("says what to do about every class, and renews nothing", () => {
    const classes = [
      "token_invalid",
      "token_expired",
      "permission",
      "rate_limited",
      "transient",
      "content_rejected",
      "account_restricted",
      "duplicate",
      "config_error",
      "something_new",
    ]
    for (const errorClass of classes) {
      const advice = platformAdvice(failure(errorClass), parties)
      expect(advice).toMatch(/^[A-Z].*\.$/)
      expect(advice).not.toMatch(/renew|verif/i)
      for (const isEditable of [true, false]) {
        expect(
          publicationAdvice(nextActionOn(errorClass, isEditable), "Sandbox")
        ).toMatch(/^[A-Z].*\.$/)
      }
    }
  })

  it("asks for new credentials where nobody can be sent to the service", () => {
    expect(howToReconnect({ ...parties, byRedirect: false })).toBe(
      'Make new credentials at Sandbox, and enter them in the settings of "My network".'
    )
  })

  it("never advises to change a post that cannot be changed", () => {
    expect(nextActionOn("content_rejected", true)).toBe("edit")
    expect(nextActionOn("content_rejected", false)).toBe("rewrite")
  })
})
