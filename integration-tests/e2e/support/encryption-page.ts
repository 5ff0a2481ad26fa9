import type { Locator } from "playwright-core"
import { see, seeNoMore } from "./browser-session"
import type { World } from "./environment"

const ADDRESS = "/app/settings/encryption"

/** What the tests do on the page of the encryption settings. */
export const encryptionPage = (world: World) => {
  const open = async () => {
    await world.page.goto(ADDRESS)
    await see(world.page.getByRole("heading", { name: "Encryption", level: 1 }))
  }

  const button = (
    name: string,
    root: Pick<Locator, "getByRole"> = world.page
  ) => root.getByRole("button", { name, exact: true })

  const prompt = (name: string) => world.page.getByRole("alertdialog", { name })

  /** Answers the question that an action asks. */
  const answer = async (question: string, choice: string) => {
    await button(choice, prompt(question)).click()
    await seeNoMore(prompt(question))
  }

  /** The key versions that the platforms' stored values need. */
  const keyVersions = async (): Promise<number[]> => {
    const rows = await world.store.sql(
      `select distinct (field.value ->> 'keyVersion')::int as version
       from social_platform, jsonb_each(api_config) field
       where field.key like '%\\_encrypted' order by 1`
    )
    return rows.map(({ version }) => version)
  }

  return { open, button, prompt, answer, keyVersions }
}
