import { changeLetter } from "../http/support/envelopes"
import { createPlatform } from "./support/arrange"
import { encryptionPage } from "./support/encryption-page"
import { fernetToken, provideKeys } from "./support/keys"
import { see } from "./support/browser-session"
import { scene, type World } from "./support/environment"

/** Taking over the tokens of another system, under Settings. */
export const encryptionImportsSuite = (world: World): void => {
  provideKeys()

  const { open, button, answer, keyVersions } = encryptionPage(world)

  scene(
    world,
    "imports a Fernet file after a dry run, with a reason for each row left out",
    async () => {
      const { page, store, tab } = world
      const { token, plaintext } = fernetToken()
      const id = await createPlatform(store)
      const value = (text: string) => ({ platform_id: id, value: text })
      const rows = [
        { platform_id: id },
        value(changeLetter(token)),
        value(token),
      ]
      await open()
      const input = page.getByLabel("File to import")
      await input.setInputFiles({
        name: "tokens.json",
        mimeType: "application/json",
        buffer: Buffer.from(JSON.stringify(rows)),
      })
      await see(page.getByText("tokens.json: 2 rows to import"))
      await see(
        page
          .getByRole("region", { name: "Rows that cannot be read" })
          .getByRole("row", { name: "1 It has no value." })
      )

      await button("Import").click()
      await answer("Import 1 value?", "Cancel")
      await see(
        page.getByText("1 value can be imported. Nothing was changed yet.")
      )
      await see(
        page
          .getByRole("region", { name: "Rows that are not imported" })
          .getByRole("row", { name: /^2 .*\(foreign_unauthenticated\)$/ })
      )
      expect(await keyVersions()).toEqual([])

      await button("Import").click()
      await answer("Import 1 value?", "Import")
      await see(page.getByText("1 value imported."))
      expect(await keyVersions()).toEqual([1])
      await button("Import").click()
      await see(page.getByText("1 value is here already."))
      expect(await tab.secrets.leaks([plaintext])).toEqual([])
    }
  )

  scene(
    world,
    "says what is wrong with a file that it cannot read",
    async () => {
      const { page } = world
      await open()
      await page.getByLabel("File to import").setInputFiles({
        name: "tokens.csv",
        mimeType: "text/csv",
        buffer: Buffer.from("platform,token\na,b\n"),
      })
      await see(
        page.getByRole("alert").getByText(/The file has no column "value"/)
      )
      expect(await button("Import").count()).toBe(0)
    }
  )
}
