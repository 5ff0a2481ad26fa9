import { SERVICE_TEMPLATES } from "../catalog"
import {
  addressesOf,
  contextFor,
  failureOf,
  providerOf,
  settingsFor,
  verify,
} from "./support/harness"

describe("a setting that is part of a host name", () => {
  const cases = SERVICE_TEMPLATES.flatMap((template) =>
    (template.settings ?? [])
      .filter(({ name }) =>
        addressesOf(template).some((address) =>
          (/^https:\/\/([^/]*)/.exec(address)?.[1] ?? "").includes(`{${name}}`)
        )
      )
      .map(({ name }) => ({ identifier: template.identifier, name, template }))
  )

  it.each(cases)(
    "cannot send $identifier elsewhere by $name",
    async ({ identifier, name, template }) => {
      for (const value of [
        "evil.example/",
        "evil.example#",
        "evil.example?",
        "a@evil.example",
        "evil.example:443",
        "evil.example\\",
        "a..b",
        ".",
        "-a",
        "a b",
        "a%2f",
        "ä",
        "{api_key}",
        "",
      ]) {
        const asked: string[] = []
        const scheme = template.authentication[0].type
        const definition = template.settings?.find((s) => s.name === name)
        if (value === "" && definition?.default !== undefined) {
          continue
        }
        const context = contextFor(identifier, scheme, {
          settings: { [name]: value },
          fetch: async (url) => {
            asked.push(String(url))
            return Response.json({})
          },
        })
        const error = await failureOf(verify(identifier, context))
        expect(error.errorClass).toBe("config_error")
        if (value.length > 2) {
          expect(error.message).not.toContain(value)
        }
        expect(asked).toEqual([])
      }
    }
  )

  it("may have several labels only where the service has such names", () => {
    const server = (identifier: string, settings: Record<string, string>) =>
      providerOf(identifier).description.oauth2?.server({
        ...settingsFor(identifier),
        ...settings,
      }).token_endpoint

    expect(server("auth0", { tenant: "acme.eu" })).toBe(
      "https://acme.eu.auth0.com/oauth/token"
    )
    expect(() => server("shopify", { shop: "acme.evil" })).toThrow(
      'The setting "shop" for Shopify (Shop) must be the name alone'
    )
  })
})

describe("a setting that is part of a path", () => {
  it.each([
    ["whatsapp_business", "bearer", "phone_number_id"],
    ["whatsapp_business", "bearer", "graph_version"],
    ["twilio", "basic", "account_sid"],
    ["quickbooks", "oauth2", "company_id"],
    ["google_cloud_storage", "oauth2", "project_id"],
    ["shopify", "api_key", "api_version"],
  ] as const)(
    "cannot lead %s elsewhere (%s, %s)",
    async (identifier, type, name) => {
      for (const value of [
        "../me",
        "..",
        ".",
        "a/b",
        "a?b",
        "a#b",
        "%2e%2e",
        "a&b",
        "a\r\nb",
      ]) {
        const asked: string[] = []
        const context = contextFor(identifier, type, {
          settings: { [name]: value },
          fetch: async (url) => {
            asked.push(String(url))
            return Response.json({})
          },
        })
        expect((await failureOf(verify(identifier, context))).code).toBe(
          "invalid_setting"
        )
        expect(asked).toEqual([])
      }
    }
  )

  it("is asked for by its name when it is missing", async () => {
    const context = contextFor("twilio", "basic", {
      settings: { account_sid: undefined },
    })
    expect(await failureOf(verify("twilio", context))).toMatchObject({
      errorClass: "config_error",
      code: "missing_setting",
      message:
        'Twilio needs the setting "account_sid" (Account SID). Enter it in the platform\'s settings.',
    })
  })
})

describe("a credential", () => {
  const asking = async (
    identifier: string,
    type: "api_key" | "bearer" | "basic",
    credentials: Record<string, string>
  ) => {
    const asked: [url: string, headers: Headers][] = []
    const context = contextFor(identifier, type, {
      credentials,
      fetch: async (url, init) => {
        asked.push([String(url), new Headers(init?.headers)])
        return Response.json({ ok: true })
      },
    })
    return { asked, result: verify(identifier, context) }
  }

  it("is sent without the space around a pasted one", async () => {
    const { asked, result } = await asking("sendgrid", "bearer", {
      access_token: " SG.abc\n",
    })
    await result
    expect(asked[0][1].get("authorization")).toBe("Bearer SG.abc")
  })

  it.each(["a\r\nb: c", "a b", "schlüssel"])(
    "that no header carries is refused before anything is sent (%j)",
    async (value) => {
      const { asked, result } = await asking("sendgrid", "bearer", {
        access_token: value,
      })
      const error = await failureOf(result)
      expect(error).toMatchObject({
        errorClass: "config_error",
        code: "invalid_credential",
      })
      expect(error.message).not.toContain(value)
      expect(asked).toEqual([])
    }
  )

  it("that is a user name with a colon is refused, as it would be cut there", async () => {
    const { result } = await asking("easypost", "basic", { api_key: "a:b" })
    expect((await failureOf(result)).code).toBe("invalid_credential")
  })
})

it("a base URL that is none is refused", async () => {
  const context = contextFor("sendgrid", "bearer", {
    settings: { base_url: "file:///etc/passwd" },
  })
  expect(await failureOf(verify("sendgrid", context))).toMatchObject({
    errorClass: "config_error",
    code: "invalid_setting",
  })
})
