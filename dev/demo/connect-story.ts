import { approveConsent } from "../../sandbox/consent-client"
import type { Account, Platform } from "./admin-api"
import { readPlatformRow } from "./database"
import { expectEqual, expectThat, type Report, type Show } from "./report"
import { fingerprint } from "./secret-book"
import type { Stage } from "./stage"
import { collectTokens, openToken, tokenNames } from "./tokens"

/** So short that the demo sees a token end, in s. */
const accessTokenLifetime = 20

/** Connects a platform, looks at its row, and at the accounts that it brought. */
export async function connectStory(
  report: Report,
  stage: Stage
): Promise<Platform> {
  const { api } = stage

  const created = await report.step(
    "A platform for the Sandbox network is created",
    async (show) => {
      const { social_platform } = await api.post<{ social_platform: Platform }>(
        "/admin/social-platforms",
        { name: "Ada's sandbox", provider: "sandbox" }
      )
      expectEqual("its connection", social_platform.connection, "not_connected")
      show(`POST /admin/social-platforms: ${social_platform.id}`)
      show(`status ${social_platform.status}, ${social_platform.connection}`)
      return social_platform
    }
  )

  const platform = await report.step(
    "It is connected through the OAuth redirects and the consent page",
    (show) => connect(stage, created.id, show)
  )
  await report.step("PostgreSQL holds the tokens sealed", (show) =>
    showSealedRow(stage, platform.id, show)
  )
  await report.step("The platform's accounts are listed", async (show) => {
    const { social_accounts } = await api.get<{ social_accounts: Account[] }>(
      `/admin/social-accounts?platform_id=${platform.id}`
    )
    expectEqual("the number of accounts", social_accounts.length, 3)
    for (const { kind, name, username, external_id } of social_accounts) {
      show(`${kind.padEnd(8)} ${name} (@${username}), there ${external_id}`)
    }
  })
  return platform
}

async function connect(
  { api, sandbox, secrets }: Stage,
  id: string,
  show: Show
): Promise<Platform> {
  await sandbox.setAccessTokenLifetime(accessTokenLifetime)

  const { location } = await api.get<{ location: string }>(
    `/admin/oauth/sandbox?platform_id=${id}`
  )
  const request = new URL(location)
  show(`GET /admin/oauth/sandbox sends the browser to`)
  show(`  ${request.origin}${request.pathname}`)
  show(`  with ${[...request.searchParams.keys()].join(", ")}`)
  expectEqual(
    "the PKCE method",
    request.searchParams.get("code_challenge_method"),
    "S256"
  )

  const redirect = new URL(await approveConsent(location))
  show("The consent page is answered with “Allow access”, and sends it to")
  show(`  ${redirect.origin}${redirect.pathname}`)
  show(`  with ${[...redirect.searchParams.keys()].join(", ")}`)
  secrets.add("authorization code", redirect.searchParams.get("code") ?? "")
  secrets.add("state", redirect.searchParams.get("state") ?? "")

  const page = await followRedirect(redirect)
  const answer = Object.fromEntries(new URLSearchParams(page.hash.slice(1)))
  show("which sends it on to the dashboard's page")
  show(`  ${page.origin}${page.pathname}`)
  show(`  with ${Object.keys(answer).join(", ")} in the fragment`)
  expectEqual("the query of the dashboard's page", page.search, "")

  show("The page posts them with the admin's login:")
  const { social_platform } = await api.post<{ social_platform: Platform }>(
    "/admin/oauth/sandbox/callback",
    answer
  )
  expectEqual("its connection", social_platform.connection, "connected")
  expectEqual("its status", social_platform.status, "active")
  show(`POST /admin/oauth/sandbox/callback: ${social_platform.connection}`)
  show(
    `profile ${social_platform.profile?.name} (@${social_platform.profile?.username})`
  )
  return social_platform
}

/** Asks for an address as a browser does, and reads where it is sent next. */
async function followRedirect(address: URL): Promise<URL> {
  const response = await fetch(address, { redirect: "manual" })
  expectEqual(`the status of ${address.pathname}`, response.status, 303)
  return new URL(response.headers.get("location") ?? "", address)
}

async function showSealedRow(
  stage: Stage,
  id: string,
  show: Show
): Promise<void> {
  const { api_config, key_version } = await readPlatformRow(stage.database, id)
  show(`select api_config, key_version from social_platform where id = '${id}'`)
  const text = JSON.stringify(api_config, null, 2)
  for (const line of text.split("\n")) {
    show(`  ${line}`)
  }
  show(`  key_version ${key_version}`)
  expectEqual("key_version", key_version, 1)

  const { sealed, opened } = await collectTokens(stage, id)
  for (const name of tokenNames) {
    const token = opened[name]
    expectThat(`${name} is not in the row`, !text.includes(token))
    expectThat(
      `the network knows the opened ${name} as valid`,
      await stage.sandbox.isLive(token)
    )
    show(
      `${name}: opened with key 1 it is ${token.length} characters ` +
        `(${fingerprint(token)}), which the network calls valid`
    )
  }

  const elsewhere = await openToken(
    stage.keys,
    sealed.access_token,
    "another-row",
    "access_token"
  ).then(
    () => "it opened",
    (error: { code: string }) => error.code
  )
  expectEqual("an envelope in another row", elsewhere, "tampered")
  show("Copied to another row, the envelope does not open: tampered")
}
