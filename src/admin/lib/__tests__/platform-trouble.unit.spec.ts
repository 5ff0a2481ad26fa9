import type { SocialPublication } from "../../../shared/post-types"
import { optionLabel, platformBadge, testWords } from "../labels"
import { platformTrouble } from "../platform-trouble"
import { formFields, hasBaseUrl } from "../provider-facts"
import { platformToReconnect, publicationTrouble } from "../publication-trouble"
import { platform, provider } from "./fixtures"

const NOW = new Date(2026, 0, 1, 12, 0)
const SOON = new Date(2026, 0, 1, 15, 9).toISOString()
const AT = "2026-01-01T00:00:00.000Z"

const oauth = {
  ...provider,
  identifier: "sandbox",
  label: "Sandbox",
  auth_types: ["oauth2" as const],
  capabilities: { ...provider.capabilities, connect: true },
  credential_fields: [
    { ...provider.credential_fields[0], name: "token", auth_types: undefined },
    {
      ...provider.credential_fields[0],
      name: "client_secret",
      label: "Client secret",
      auth_types: undefined,
    },
  ],
  setting_fields: [
    { ...provider.setting_fields[0], name: "client_id", required: true },
    { ...provider.setting_fields[0], name: "scopes", required: false },
  ],
}
const network = {
  ...platform,
  name: "My network",
  provider: "sandbox",
  auth_type: "oauth2" as const,
}
const failure = (errorClass: string, code = "x") => ({
  class: errorClass,
  code,
  message: "Sandbox answered 400.",
  at: AT,
})
const publication = (
  rest: Partial<SocialPublication> = {}
): SocialPublication => ({
  id: "spub_1",
  account_id: "sacc_1",
  account: null,
  state: "failed",
  external_id: null,
  external_url: null,
  attempts: 1,
  next_attempt_at: null,
  published_at: null,
  last_error: null,
  ...rest,
})

describe("the trouble of a platform", () => {
  it("leads to the secret that the service refuses", () => {
    const refused = failure("config_error", "invalid_client")
    const stored = {
      ...network,
      credentials: [
        {
          name: "client_secret",
          configured: true,
          storage: "encrypted" as const,
          key_version: 1,
        },
      ],
    }

    expect(platformTrouble(refused, stored, oauth).mend).toEqual({
      to: "/social-platforms/splat_1/edit?field=client_secret",
      label: "Enter the client secret again",
    })
  })

  it("says so where the secret is the application's", () => {
    const [token, secret] = oauth.credential_fields
    const shared = {
      ...oauth,
      credential_fields: [token, { ...secret, preconfigured: true }],
    }
    const trouble = platformTrouble(
      failure("config_error", "invalid_client"),
      network,
      shared
    )

    expect(trouble.advice).toMatch(/your application's configuration/)
    expect(trouble.mend?.label).toBe("Enter the client secret")
  })

  it("says that the connection is kept only where there is one", () => {
    const adviceTo = (connection: "connected" | "not_connected") =>
      platformTrouble(
        failure("config_error", "invalid_client"),
        { ...network, connection },
        oauth
      ).advice
    expect(adviceTo("connected")).toMatch(/Your connection is kept\.$/)
    expect(adviceTo("not_connected")).not.toContain("kept")
  })

  it("says when something that passes is tried again", () => {
    const waiting = { ...network, next_refresh_at: SOON }

    expect(
      platformTrouble(failure("rate_limited"), waiting, oauth, NOW)
    ).toMatchObject({
      title: "Sandbox asks us to slow down",
      advice: expect.stringMatching(/^We try again at 3:09.PM\.$/),
      mend: null,
    })
    expect(
      platformTrouble(failure("permission"), waiting, oauth, NOW).advice
    ).toMatch(/^Connect "My network" again/)
  })
})

describe("the trouble of a publication", () => {
  const where = { platform: network, service: "Sandbox" }

  it("offers to reconnect the platform that lost its access", () => {
    const lost = publication({ last_error: failure("token_invalid") })

    expect(publicationTrouble(lost, where, true)?.mend).toEqual({
      to: "/social-platforms/splat_1",
      label: "Reconnect My network",
    })
    expect(
      platformToReconnect([lost], () => ({
        ...network,
        connection: "reauthorization_required",
      }))?.id
    ).toBe("splat_1")
    expect(platformToReconnect([lost], () => network)).toBeUndefined()
  })

  it("says when it is tried again, and offers nothing to do meanwhile", () => {
    const slow = publication({
      state: "pending",
      next_attempt_at: SOON,
      last_error: failure("rate_limited"),
    })

    expect(publicationTrouble(slow, where, true, NOW)).toEqual({
      title: "Sandbox asks us to slow down",
      detail: null,
      advice: expect.stringMatching(/^We try again at 3:09.PM\.$/),
      mend: null,
    })
  })

  it("leads to the post where that can still be changed", () => {
    const refused = publication({ last_error: failure("content_rejected") })

    expect(publicationTrouble(refused, where, true)?.mend?.to).toBe("edit")
    expect(publicationTrouble(refused, where, false)?.mend?.to).toBe(
      "/social-posts/create"
    )
    expect(publicationTrouble(publication(), where, true)).toBeNull()
    const vetoed = publication({
      state: "failed",
      last_error: {
        class: "config_error",
        code: "refused_by_store",
        message: "This is a draft.",
        at: AT,
      },
    })
    expect(publicationTrouble(vetoed, where, true)).toMatchObject({
      title: "The store keeps this from going out",
      advice: "See to what it says, then retry.",
      mend: null,
    })
  })
})

describe("the badge of a platform", () => {
  const badge = (rest: object) => platformBadge({ ...network, ...rest })
  const test = (state: string) => ({ credential_test: { state, at: AT } })

  it("is green only where the service has said that it works", () => {
    expect(badge(test("works"))).toEqual({ label: "Works", color: "green" })
    expect(badge(test("not_tested")).label).toBe("Not tested")
    expect(badge(test("does_not_work")).label).toBe("Does not work")
    expect(badge({ ...test("works"), status: "inactive" }).label).toBe(
      "Switched off"
    )
    expect(
      badge({ ...test("not_tested"), connection: "not_connected" }).label
    ).toBe("Not connected")
    for (const [state, connection] of [
      ["not_tested", "connected"],
      ["does_not_work", "connected"],
      ["works", "error"],
      ["works", "reauthorization_required"],
    ]) {
      expect(badge({ ...test(state), connection }).color).not.toBe("green")
    }
  })

  it("says since when that is known", () => {
    expect(testWords({ state: "works", at: AT, message: null })).toMatch(
      /^Works, as of /
    )
    expect(testWords({ state: "not_tested", at: null, message: null })).toBe(
      "Not tested"
    )
  })
})

describe("the form of a platform", () => {
  it("asks for a client secret right after its client ID, and for what can stay empty at the end", () => {
    expect(formFields(oauth, "oauth2").map(({ field }) => field.name)).toEqual([
      "client_id",
      "client_secret",
      "token",
      "scopes",
    ])
  })

  it("asks for an address only where the service may be anywhere", () => {
    expect(hasBaseUrl(provider)).toBe(true)
    expect(hasBaseUrl(oauth)).toBe(false)
    expect(hasBaseUrl(oauth, { ...network, base_url: "https://a.test" })).toBe(
      true
    )
  })

  it("shows words in place of the values of a setting", () => {
    expect(optionLabel("client_secret_basic")).toBe(
      "In the header (HTTP Basic)"
    )
    expect(optionLabel("okta.com")).toBe("okta.com")
  })
})
