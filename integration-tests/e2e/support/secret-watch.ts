import type { Page, Response } from "playwright-core"
import { openRows } from "../../http/support/envelopes"
import type { Store } from "./store"

/** Everything that a tab shows and receives, to be searched for secrets. */
export interface SecretWatch {
  /**
   * Where a stored secret, a part of its envelope, or one of these further
   * secrets came into sight.
   */
  leaks: (further?: string[]) => Promise<string[]>
}

/** Watches a tab from now on. */
export const watchForSecrets = (page: Page, store: Store): SecretWatch => {
  const received: Promise<{ place: string; text: string }>[] = []
  const secrets = new Map<string, string>()

  page.on("response", (response) => {
    if (!isFromStore(response, store.url)) {
      return
    }
    received.push(
      readBody(response).then((text) => ({
        place: `${response.request().method()} ${response.url()}`,
        text: `${response.url()}\n${JSON.stringify(response.headers())}\n${text}`,
      }))
    )
  })

  return {
    leaks: async (further = []) => {
      for (const [secret, name] of await storedSecrets(store)) {
        secrets.set(secret, name)
      }
      further.forEach((secret) => secrets.set(secret, "what was typed"))
      if (secrets.size === 0 || received.length === 0) {
        throw new Error("There is nothing to search, or nothing to search for.")
      }
      const texts = [
        { place: "the page", text: await shownText(page) },
        ...(await Promise.all(received)),
      ]
      return texts.flatMap(({ place, text }) =>
        [...secrets].flatMap(([secret, name]) =>
          text.includes(secret) ? [`${name} in ${place}`] : []
        )
      )
    },
  }
}

/** The dashboard's own files hold no data; everything else may. */
const isFromStore = (response: Response, storeUrl: string): boolean => {
  const url = response.url()
  return url.startsWith(storeUrl) && !url.startsWith(`${storeUrl}/app/assets/`)
}

/** A redirect and an answer that the page no longer waits for have no body. */
const readBody = (response: Response): Promise<string> =>
  response.text().catch(() => "")

/** Text, markup, typed values and storage of a page. */
const shownText = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const typed = [...document.querySelectorAll("input, textarea")].map(
      (field) => (field as HTMLInputElement).value
    )
    return [
      location.href,
      document.documentElement.outerHTML,
      ...typed,
      JSON.stringify(localStorage),
      JSON.stringify(sessionStorage),
    ].join("\n")
  })

/** The secrets of all platforms: the values, and what their envelopes consist of. */
const storedSecrets = async (store: Store): Promise<[string, string][]> => {
  const rows = await store.sql("select id, api_config from social_platform")
  const stored = await openRows(process.env, rows)
  return stored.flatMap(({ name, value, envelope }): [string, string][] => [
    [value, `the ${name}`],
    [envelope.encrypted, `the sealed ${name}`],
    [envelope.authTag, `the seal of the ${name}`],
  ])
}
