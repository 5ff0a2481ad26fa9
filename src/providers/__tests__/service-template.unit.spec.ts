import { readFileSync } from "node:fs"
import { join } from "node:path"
import { PLATFORM_CATEGORIES } from "../../shared/enums"
import { BUILT_IN_PROVIDERS, SERVICE_TEMPLATES } from "../catalog"
import { capabilitiesOf } from "../capabilities"
import { findProviderProblems } from "../contract"
import { serviceProvider } from "../service-template"
import { placeholdersOf } from "../templates/support/address"
import {
  addressesOf,
  contextFor,
  settingsFor,
  templateOf,
} from "./support/harness"

const PROVIDERS = SERVICE_TEMPLATES.map((template) => ({
  identifier: template.identifier,
  template,
  provider: serviceProvider(template),
}))

const OAUTH_PROVIDERS = PROVIDERS.filter(
  ({ provider }) => provider.description.oauth2
)

describe("the catalog", () => {
  it("has at least thirty templates, and no identifier twice", () => {
    const identifiers = BUILT_IN_PROVIDERS.map(
      ({ description }) => description.identifier
    )
    expect(SERVICE_TEMPLATES.length).toBeGreaterThanOrEqual(30)
    expect(new Set(identifiers).size).toBe(identifiers.length)
  })

  it("has a service for every category but social", () => {
    const covered = new Set(SERVICE_TEMPLATES.map(({ category }) => category))
    expect(
      PLATFORM_CATEGORIES.filter(
        (category) => category !== "social" && !covered.has(category)
      )
    ).toEqual([])
  })
})

it.each(PROVIDERS)(
  "docs/services.md tells what to enter for $identifier",
  ({ template, provider }) => {
    const row = readFileSync(
      join(__dirname, "../../../docs/services.md"),
      "utf8"
    )
      .split("\n")
      .map((line) => line.replace(/ +/g, " "))
      .find((line) =>
        line.startsWith(`| ${template.label} | \`${template.identifier}\` |`)
      )
    const { auth_types, credential_fields, setting_fields } =
      provider.description
    const names = [
      ...auth_types,
      ...[...credential_fields, ...setting_fields]
        .map(({ name }) => name)
        .filter((name) => !["client_id", "client_secret"].includes(name)),
    ]
    expect(names.filter((name) => !row?.includes(`\`${name}\``))).toEqual([])
  }
)

describe.each(PROVIDERS)(
  "the template $identifier",
  ({ template, provider }) => {
    const { description } = provider

    it("is described completely", () => {
      expect(description.identifier).toMatch(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/)
      expect(description.description).toMatch(/^[A-Z].+\.$/)
      expect(description.categories).toContain(description.category)
      expect(new Set(description.auth_types).size).toBe(
        description.auth_types.length
      )
      if (description.docs_url) {
        expect(new URL(description.docs_url).protocol).toBe("https:")
      }
      expect(findProviderProblems(provider)).toEqual([])
    })

    it("asks for at least one credential in every way to authenticate", () => {
      for (const type of description.auth_types) {
        expect(
          description.credential_fields.filter(
            ({ auth_types, required }) =>
              required && (!auth_types || auth_types.includes(type))
          )
        ).not.toHaveLength(0)
      }
    })

    it("names no field twice and labels each", () => {
      const fields = [
        ...description.credential_fields,
        ...description.setting_fields,
      ]
      const names = fields.map(({ name }) => name)
      expect(new Set(names).size).toBe(names.length)
      for (const field of fields) {
        expect(field.name).toMatch(/^[a-z][a-z0-9_]*$/)
        expect(field.label).toMatch(/^[A-Z]/)
      }
    })

    it("starts with options that there are", () => {
      for (const setting of template.settings ?? []) {
        if (setting.options && setting.default !== undefined) {
          expect(setting.options).toContain(setting.default)
        }
        if (setting.inserts) {
          expect(Object.keys(setting.inserts)).toEqual(setting.options)
        }
      }
    })

    it("inserts nothing but what a person enters or the service tells", () => {
      const inserted = addressesOf(template).flatMap(placeholdersOf)
      const told = (description.oauth2?.facts ?? []).map(
        ({ setting }) => setting
      )
      const enterable = [
        ...description.setting_fields.map(({ name }) => name),
        ...told,
      ]
      const inPath = template.authentication.some(
        (scheme) => scheme.type === "api_key" && scheme.in === "path"
      )
      expect(
        inserted.filter(
          (name) => !enterable.includes(name) && !(inPath && name === "api_key")
        )
      ).toEqual([])
    })

    it("lets no free text end a host name", () => {
      const free = (template.settings ?? [])
        .filter(({ options }) => !options)
        .map(({ name }) => name)
      for (const address of addressesOf(template)) {
        const host = /^https:\/\/([^/]*)/.exec(address)?.[1] ?? ""
        for (const name of free) {
          if (host.includes(`{${name}}`)) {
            expect(host).toMatch(
              new RegExp(
                `^\\{${name}\\}\\.(?:[a-z0-9-]+\\.)*(?:[a-z0-9-]+\\.[a-z]+|\\{okta_domain\\})$`
              )
            )
          }
        }
      }
    })
  }
)

describe.each(OAUTH_PROVIDERS)(
  "OAuth of $identifier",
  ({ identifier, provider }) => {
    const oauth2 = provider.description.oauth2
    const server = oauth2?.server(settingsFor(identifier))

    it("talks to https addresses only", () => {
      const addresses = [
        server?.authorization_endpoint,
        server?.token_endpoint,
        server?.revocation_endpoint,
        server?.issuer,
      ].filter((address) => address !== undefined)
      expect(addresses.length).toBeGreaterThanOrEqual(2)
      for (const address of addresses) {
        const { protocol, search, hash } = new URL(address)
        expect({ protocol, search, hash }).toEqual({
          protocol: "https:",
          search: "",
          hash: "",
        })
        expect(address).not.toMatch(/[{}]/)
      }
    })

    it("asks for what a client needs: its ID and its secret", () => {
      expect(
        provider.description.setting_fields.map(({ name }) => name)
      ).toContain("client_id")
      expect(
        provider.description.credential_fields.map(({ name }) => name)
      ).toContain("client_secret")
    })

    it("refreshes in the way of its grant", () => {
      const strategy = oauth2?.refresh?.strategy ?? "refresh_token"
      expect(
        oauth2?.grant === "client_credentials"
          ? strategy === "client_credentials"
          : ["refresh_token", "none"].includes(strategy)
      ).toBe(true)
    })
  }
)

it("declares an issuer only where the service's documents name it", () => {
  const declared = OAUTH_PROVIDERS.map(({ identifier, provider }) => [
    identifier,
    provider.description.oauth2?.server(settingsFor(identifier)).issuer,
  ]).filter(([, issuer]) => issuer !== undefined)
  const google = "https://accounts.google.com"
  expect(Object.fromEntries(declared)).toEqual({
    auth0: "https://acme.eu.auth0.com/",
    auth0_management: "https://acme.eu.auth0.com/",
    google_analytics: google,
    google_cloud_storage: google,
    google_drive: google,
    okta: "https://acme.okta.com",
    quickbooks: "https://oauth.platform.intuit.com/op/v1",
    xero: "https://identity.xero.com",
  })
})

describe("a template without a probe", () => {
  const base = templateOf("sendgrid")

  it("offers no check of a key", () => {
    const provider = serviceProvider({ ...base, probe: undefined })
    expect(provider.verify).toBeUndefined()
    expect(capabilitiesOf(provider).verify).toBe(false)
  })

  it("takes an OAuth connection itself for the proof", async () => {
    const box = templateOf("box")
    const provider = serviceProvider({ ...box, probe: undefined })
    expect(capabilitiesOf(provider).verify).toBe(true)
    expect(await provider.verify?.(contextFor("box", "oauth2"))).toBe(
      "Box is connected."
    )
  })
})
