import { readFileSync } from "node:fs"
import path from "node:path"
import { needsRedirectUri } from "../capabilities"
import { BUILT_IN_PROVIDERS } from "../catalog"
import { describedScopes } from "../scopes"
import type { SocialProvider } from "../types"

const PAGES = path.join(__dirname, "../../../docs/networks")

/** Two ways to connect one network share its page. */
const SHARED_PAGES: Record<string, string> = {
  instagram_login: "instagram",
  discord_webhook: "discord",
}

const pageOf = ({ description: { identifier } }: SocialProvider): string => {
  const name = (SHARED_PAGES[identifier] ?? identifier).replaceAll("_", "-")
  return readFileSync(path.join(PAGES, `${name}.md`), "utf8")
}

const NETWORKS = BUILT_IN_PROVIDERS.filter(
  ({ description, publish }) => publish && description.identifier !== "sandbox"
).map((provider) => ({
  network: provider.description.identifier,
  provider,
  page: pageOf(provider),
}))

/** What nobody needs who connects to the network itself. */
const IS_FOR_A_PROXY =
  /^Only for a proxy of your own|^Only for a Bot API server/

/** Of the choices that decide what is asked for, each. */
const scopesOf = ({ description }: SocialProvider): string[] => {
  const { oauth2, setting_fields } = description
  const choices = setting_fields.flatMap(({ name, options }) =>
    (options ?? []).map((option) => ({ [name]: option }))
  )
  return oauth2
    ? [{}, ...choices].flatMap((settings) => [
        ...describedScopes(settings, oauth2.scopes),
      ])
    : []
}

const SECTIONS = {
  "the steps at the network": /^## (Connect|Before you connect)\b/m,
  "what can be published": /^## What .*(publish|post)/m,
  limits: /^## Limits$/m,
  refusals: /^## (Common r|R)efusals$/m,
}

describe("a network's page", () => {
  it.each(NETWORKS)(
    "says where every value of the form comes from: $network",
    ({ provider: { description }, page }) => {
      const { label, credential_fields, setting_fields } = description
      const labels = [...credential_fields, ...setting_fields]
        .filter(({ help }) => !IS_FOR_A_PROXY.test(help ?? ""))
        .map((field) => `**${field.label}**`)
      const text = page.toLowerCase()
      const missing = [`→ ${label}**`, ...labels].filter(
        (words) => !text.includes(words.toLowerCase())
      )
      expect(missing).toEqual([])
    }
  )

  it.each(NETWORKS)(
    "names the redirect URI and every scope that is asked for: $network",
    ({ provider, page }) => {
      const missing = scopesOf(provider).filter(
        (scope) => !page.includes(scope)
      )
      expect(missing).toEqual([])
      // Bluesky reads it from a document that the plugin serves.
      const { oauth2 } = provider.description
      if (needsRedirectUri(provider) && !oauth2?.client_metadata) {
        expect(page).toMatch(/redirect ur[il]|callback ur[il]/i)
      }
    }
  )

  it.each(NETWORKS)("has the sections that all have: $network", ({ page }) => {
    const missing = Object.entries(SECTIONS)
      .filter(([, heading]) => !heading.test(page))
      .map(([section]) => section)
    expect(missing).toEqual([])
  })

  it.each(NETWORKS)(
    "says that there is no review, or what to write into its form: $network",
    ({ page }) => {
      const hasNone = /\b(no|without|neither needs a)\b[^.]*\breview\b/i.test(
        page
      )
      const whatToWrite = /what (you can|to) write|say what the app does/i
      expect(hasNone || whatToWrite.test(page)).toBe(true)
    }
  )
})
