import { changeLetter, sealFormat1 } from "../http/support/envelopes"
import { showIn, violationsOf } from "./support/accessibility"
import { connectPlatform, createPlatform } from "./support/arrange"
import { encryptionPage } from "./support/encryption-page"
import { fernetToken, provideKeys } from "./support/keys"
import { wideElements } from "./support/layout"
import { see, seeNoMore } from "./support/browser-session"
import { scene, type World } from "./support/environment"

const API_KEY = "carrier_live_51c0a7e3d2"
const PLAINTEXT = "carrier_live_in_the_clear_8b1f"

/** Rotating keys and sealing plaintext, under Settings. */
export const encryptionSuite = (world: World): void => {
  provideKeys()

  const { open, button, prompt, answer, keyVersions } = encryptionPage(world)

  const row = (version: number) =>
    world.page
      .getByRole("region", { name: "Key versions" })
      .getByRole("row", { name: new RegExp(`^${version} `) })

  const createKeyService = (name = "Carrier") =>
    createPlatform(world.store, {
      name,
      provider: "generic",
      auth_type: "api_key",
      api_config: { api_key: API_KEY },
    })

  const putApiConfig = (id: string, apiConfig: object) =>
    world.store.sql(
      "update social_platform set api_config = $2 where id = $1",
      [id, JSON.stringify(apiConfig)]
    )

  const plaintextLeft = async (): Promise<number> => {
    const [{ count }] = await world.store.sql(
      "select count(*)::int as count from social_platform where api_config ? 'api_key'"
    )
    return count
  }

  // What cannot be taken back is in encryption-for-good.ts.
  afterEach(async () => {
    await world.store.api("POST", "/admin/encryption/keys/1/promote")
  })

  scene(world, "rotates to a new key, showing no secret", async () => {
    const { page, store, tab } = world
    await connectPlatform(store)
    await createKeyService()
    await page.goto("/app/settings")
    await page.getByRole("link", { name: "Encryption", exact: true }).click()
    await see(page.getByText("Key version 2 waits to be used."))
    await see(row(1).getByText("Active"))

    await button("Promote key version 2").click()
    await answer("Promote key version 2?", "Cancel")
    expect(
      (await store.api("GET", "/admin/encryption")).encryption.active_version
    ).toBe(1)
    await button("Promote key version 2").click()
    await answer("Promote key version 2?", "Promote")
    await see(row(2).getByText("Active"))
    await see(
      page.getByText(/^3 values are not yet .* 3 under key version 1\.$/)
    )

    await button("Re-encrypt").click()
    const question = "Re-encrypt the secrets of 2 platforms?"
    await see(prompt(question))
    await answer(question, "Cancel")
    await see(
      page.getByText(
        "2 platforms would be re-encrypted. Nothing was changed yet."
      )
    )
    expect(await keyVersions()).toEqual([1])

    await button("Re-encrypt").click()
    await answer(question, "Re-encrypt")
    await see(page.getByText("2 platforms re-encrypted."))
    expect(await keyVersions()).toEqual([2])
    await see(page.getByText("No stored value needs key version 1 any more."))

    await button("Verify everything").click()
    await see(page.getByText("All 3 secrets can be decrypted."))
    await see(
      page
        .getByRole("region", { name: "What was verified" })
        .getByRole("row", { name: "Format 2, key version 2 3" })
    )

    expect(await tab.secrets.leaks([API_KEY])).toEqual([])
  })

  scene(world, "says why the API keeps a key, and keeps it", async () => {
    const { page, store } = world
    await createKeyService()
    await store.api("POST", "/admin/encryption/keys/2/promote")
    await store.api("POST", "/admin/encryption/re-encrypt", {})
    await open()
    await button("Retire key version 1").click()
    await answer("Retire key version 1?", "Retire")
    await see(page.getByText("The key was not retired"))
    await see(page.getByText(/another process may still seal with version 1/))
    await see(row(1).getByText("Decrypts only"))
  })

  scene(
    world,
    "seals plaintext only when asked twice, and offers to forbid it for good",
    async () => {
      const { page, store, tab } = world
      const id = await createKeyService()
      await putApiConfig(id, { api_key: PLAINTEXT })
      await open()
      await see(page.getByText("1 secret is stored in plaintext."))
      expect(await button("Require encryption for good").count()).toBe(0)

      await button("Seal plaintext").click()
      const question = "Seal the secrets of 1 platform?"
      await answer(question, "Cancel")
      expect(await plaintextLeft()).toBe(1)
      await button("Seal plaintext").click()
      await answer(question, "Seal")
      await see(page.getByText("1 platform sealed."))
      expect(await plaintextLeft()).toBe(0)
      await seeNoMore(page.getByText("1 secret is stored in plaintext."))

      await button("Require encryption for good").click()
      await answer("Require encryption for good?", "Cancel")
      expect(
        (await store.api("GET", "/admin/encryption")).encryption.floor
      ).toBeNull()
      expect(await tab.secrets.leaks([PLAINTEXT])).toEqual([])
    }
  )

  /** More rows in plaintext than two batches take on. */
  const createPlaintextServices = async () => {
    const id = await createKeyService()
    await world.store.sql(
      `insert into social_platform (id, name, provider, category, auth_type, status, api_config)
       select 'splat_' || lpad(n::text, 5, '0'), 'Service ' || n, provider, category, auth_type,
         status, jsonb_build_object('api_key', $2::text)
       from social_platform, generate_series(1, 1200) n where id = $1`,
      [id, PLAINTEXT]
    )
  }

  /** Holds back the second batch that writes, until it is released. */
  const holdSecondBatch = async (): Promise<() => void> => {
    let release = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    await world.page.route(
      "**/admin/encryption/seal-plaintext",
      async (route) => {
        const { after, dry_run } = route.request().postDataJSON()
        if (after && !dry_run) {
          await released
        }
        await route.continue()
      }
    )
    return release
  }

  scene(
    world,
    "stops between two batches when asked, and goes on where it stopped",
    async () => {
      const { page } = world
      await createPlaintextServices()
      const release = await holdSecondBatch()
      await open()
      await button("Seal plaintext").click()
      await answer("Seal the secrets of 1200 platforms?", "Seal")
      await see(page.getByText("500 of 1,201 platforms"))
      const bar = page.getByRole("progressbar", {
        name: "Sealing of plaintext",
      })
      expect(await bar.getAttribute("aria-valuenow")).toBe("42")
      expect(await button("Verify everything").isDisabled()).toBe(true)
      expect(await button("Promote key version 2").isDisabled()).toBe(true)
      await button("Stop").click()
      release()
      await see(page.getByText("1000 platforms sealed."))
      await see(
        page.getByText("Not everything was gone over. Start again to go on.")
      )
      expect(await plaintextLeft()).toBe(200)

      await open()
      await button("Seal plaintext").click()
      await answer("Seal the secrets of 200 platforms?", "Seal")
      await see(page.getByText("200 platforms sealed."))
      expect(await plaintextLeft()).toBe(0)
    }
  )

  scene(world, "begins no further batch once the page is left", async () => {
    const { page } = world
    await createPlaintextServices()
    const release = await holdSecondBatch()
    await open()
    await button("Seal plaintext").click()
    await answer("Seal the secrets of 1200 platforms?", "Seal")
    await see(page.getByText("500 of 1,201 platforms"))
    const second = page.waitForResponse(/seal-plaintext$/)
    await page.getByRole("link", { name: "Regions", exact: true }).click()
    await page.waitForURL(/\/settings\/regions$/)
    release()
    await second
    await page.waitForLoadState("networkidle")
    expect(await plaintextLeft()).toBe(200)

    await page.getByRole("link", { name: "Encryption", exact: true }).click()
    await see(page.getByText("200 secrets are stored in plaintext."))
  })

  scene(
    world,
    "leaves a value that does not open alone, names it, and finishes the rest",
    async () => {
      const { page } = world
      const damaged = await createKeyService("Damaged")
      await putApiConfig(await createKeyService("Old"), {
        api_key_encrypted: sealFormat1(API_KEY, 16),
      })
      const envelope = sealFormat1(API_KEY, 12)
      await putApiConfig(damaged, {
        api_key_encrypted: {
          ...envelope,
          authTag: changeLetter(envelope.authTag),
        },
      })
      await open()
      await see(page.getByText(/2 in format 1/))
      await button("Re-encrypt").click()
      await answer("Re-encrypt the secrets of 1 platform?", "Re-encrypt")
      await see(page.getByText("1 platform re-encrypted."))
      const left = page.getByRole("region", { name: "Values that do not open" })
      await see(left.getByText("Api key"))
      await left.getByRole("link", { name: damaged }).click()
      await see(page.getByRole("heading", { name: "Damaged", level: 1 }))
    }
  )

  scene(
    world,
    "says when an operation fails half-way, and what was done until then",
    async () => {
      const { page } = world
      const id = await createKeyService()
      await putApiConfig(id, { api_key: PLAINTEXT })
      await open()
      await page.route("**/admin/encryption/seal-plaintext", (route) =>
        route.fulfill({
          status: 500,
          json: { message: "The database is away." },
        })
      )
      await button("Seal plaintext").click()
      await see(page.getByText("The database is away."))
      expect(await plaintextLeft()).toBe(1)
      await page.unroute("**/admin/encryption/seal-plaintext")
      await button("Seal plaintext").click()
      await answer("Seal the secrets of 1 platform?", "Seal")
      await see(page.getByText("1 platform sealed."))
    }
  )

  /** A table of the application's own, as one that an import has recorded. */
  const withOwnColumn = async (play: () => Promise<void>) => {
    const { sql } = world.store
    await sql("create table supplier (id text primary key, api_key text)")
    await sql(
      `insert into encryption_column (table_name, column_name, id_column)
       values ('supplier', 'api_key', 'id'), ('carrier', 'secret', 'id')`
    )
    try {
      await play()
    } finally {
      await sql("drop table supplier")
      await sql("delete from encryption_column")
    }
  }

  scene(
    world,
    "names damaged values, another system's, and columns of own tables, each with what to do",
    async () => {
      const { page, store, tab } = world
      const { token } = fernetToken()
      const damaged = await createKeyService("Damaged")
      const envelope = sealFormat1(API_KEY, 16)
      await putApiConfig(damaged, {
        api_key_encrypted: { ...envelope, authTag: "" },
      })
      await putApiConfig(await createKeyService("Elsewhere"), {
        api_key: token,
      })
      await withOwnColumn(async () => {
        await store.sql("insert into supplier values ('s1', $1)", [PLAINTEXT])
        await open()
        const left = page.getByRole("list", { name: "What is left to do" })
        const task = (fact: string) =>
          left.getByRole("listitem").filter({ hasText: fact })
        await see(
          task("1 value is damaged").getByText(
            /^Verify everything: .* Until then no key can be retired\.$/
          )
        )
        await see(
          task("1 value was sealed by another system").getByText(
            /import-fernet\.js with the words stored apply/
          )
        )
        await see(
          task("1 value of your own column supplier.api_key").getByText(
            /import-fernet\.js column supplier api_key apply/
          )
        )
        await see(
          task("The column carrier.secret is registered").getByText(
            /^Correct encryption\.columns /
          )
        )
        const columns = page.getByRole("region", {
          name: "Columns of your own tables",
        })
        await see(
          columns.getByRole("row", {
            name: "supplier.api_key Not encrypted 0 1",
          })
        )
        await see(
          columns.getByRole("row", {
            name: "carrier.secret Not in the database – –",
          })
        )
        expect(await violationsOf(page)).toEqual([])

        await button("Verify everything").click()
        const unopened = page.getByRole("region", {
          name: "Values that do not open",
        })
        await see(unopened.getByRole("row", { name: /^supplier, row s1 / }))
        // The watch opens what is stored, which this value does not.
        await putApiConfig(damaged, {})
        const secrets = [PLAINTEXT, token, envelope.encrypted]
        expect(await tab.secrets.leaks(secrets)).toEqual([])
      })
    }
  )

  scene(world, "shows keys, work left and a report to everybody", async () => {
    const { page, store } = world
    await putApiConfig(await createKeyService(), { api_key: PLAINTEXT })
    await connectPlatform(store)
    await open()
    await button("Verify everything").click()
    await see(page.getByRole("region", { name: "What was verified" }))
    expect(await violationsOf(page)).toEqual([])

    await showIn(page, "dark")
    expect(await violationsOf(page, ["color-contrast"])).toEqual([])
    await showIn(page, "light")

    await page.setViewportSize({ width: 400, height: 800 })
    expect(await wideElements(page)).toEqual([])
    await page.setViewportSize({ width: 1280, height: 800 })
  })

  scene(
    world,
    "is worked with the keyboard alone, from the action to its report",
    async () => {
      const { page } = world
      await putApiConfig(await createKeyService(), { api_key: PLAINTEXT })
      await open()
      await button("Seal plaintext").focus()
      await page.keyboard.press("Enter")
      const question = prompt("Seal the secrets of 1 platform?")
      await see(question)
      await button("Seal", question).focus()
      await page.keyboard.press("Enter")
      await see(page.getByText("1 platform sealed."))
      await page.waitForFunction(
        () =>
          document.activeElement?.getAttribute("aria-label") ===
          "Sealing of plaintext"
      )
    }
  )
}
