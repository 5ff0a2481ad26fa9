import type { Browser, BrowserContext, Locator, Page } from "playwright-core"
import { launchBrowser } from "./browser"
import { ADMIN } from "./admin-user"
import { type SecretWatch, watchForSecrets } from "./secret-watch"
import type { Store } from "./store"

const SIZE = { width: 1280, height: 800 }

/** How long a person would wait for something to appear, in ms. */
export const PATIENCE_MS = 20_000

/** The merchant's browser, logged in to the dashboard. */
export interface Visitor {
  browser: Browser
  context: BrowserContext
  /** Opens a tab; what it receives is watched for secrets. */
  newTab: () => Promise<Tab>
  close: () => Promise<void>
}

export interface Tab {
  page: Page
  secrets: SecretWatch
  /** What went wrong in the page's own code. */
  crashes: string[]
}

/** A browser without a session, as on a new machine. */
export const newContext = (browser: Browser, store: Store) =>
  browser.newContext({
    baseURL: store.url,
    viewport: SIZE,
    locale: "en-US",
    timezoneId: "UTC",
    colorScheme: "light",
    reducedMotion: "reduce",
  })

/** Opens a browser whose session is that of the merchant. */
export const openVisitor = async (store: Store): Promise<Visitor> => {
  const browser = await launchBrowser()
  const context = await newContext(browser, store)
  await logIn(context)
  context.setDefaultTimeout(PATIENCE_MS)

  return {
    browser,
    context,
    newTab: async () => {
      const page = await context.newPage()
      const crashes: string[] = []
      page.on("pageerror", (error) => crashes.push(error.message))
      page.on("response", (response) => {
        if (response.url() === `${store.url}/admin/uploads` && response.ok()) {
          void response.json().then(store.noteUpload)
        }
      })
      return { page, secrets: watchForSecrets(page, store), crashes }
    },
    close: () => browser.close(),
  }
}

const logIn = async (context: BrowserContext): Promise<void> => {
  const { email, password } = ADMIN
  const answer = await context.request.post("/auth/user/emailpass", {
    data: { email, password },
  })
  const { token } = await answer.json()
  const session = await context.request.post("/auth/session", {
    headers: { authorization: `Bearer ${token}` },
  })
  if (!session.ok()) {
    throw new Error(`The merchant cannot log in: status ${session.status()}`)
  }
}

/** Waits until a person sees it. */
export const see = (locator: Locator): Promise<void> =>
  locator.first().waitFor({ state: "visible" })

/** Waits until nobody sees it any more. */
export const seeNoMore = (locator: Locator): Promise<void> =>
  locator.first().waitFor({ state: "hidden" })

/** Waits until nothing moves, except what moves for ever, such as a spinner. */
export const settle = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    const passing = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
    await Promise.allSettled(passing.map(({ finished }) => finished))
  })

/** The section of a detail page with this title. */
export const section = (page: Page, title: string): Locator =>
  page
    .locator("main .shadow-elevation-card-rest")
    .filter({ has: page.getByRole("heading", { name: title, exact: true }) })

/** Opens a section's three-dots menu and chooses from it. */
export const chooseAction = async (
  page: Page,
  menu: RegExp,
  action: string
): Promise<void> => {
  await page.getByRole("button", { name: menu }).click()
  await page.getByRole("menuitem", { name: action }).click()
}
