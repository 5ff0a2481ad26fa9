import { sandbox } from "../http/support/sandbox"
import { violationsOf } from "./support/accessibility"
import { connectPlatform, createPlatform } from "./support/arrange"
import { section, see, seeNoMore } from "./support/browser-session"
import { scene, type World } from "./support/environment"

const CALLBACK = /\/app\/oauth\/sandbox\/callback$/

/** What may go wrong with a connection, and its end. */
export const connectionsSuite = (world: World): void => {
  const stored = async (id: string) => {
    const [row] = await world.store.sql(
      "select * from social_platform where id = $1",
      [id]
    )
    return row
  }

  const connect = async (id: string) => {
    await world.page.goto(`/app/social-platforms/${id}`)
    await world.page
      .getByRole("button", { name: "Connect", exact: true })
      .click()
  }

  scene(
    world,
    "stores nothing and stays calm when access is refused",
    async () => {
      const { page, store } = world
      const id = await createPlatform(store)
      const before = await stored(id)

      await connect(id)
      await page.getByRole("button", { name: "Refuse" }).click()
      await page.waitForURL(CALLBACK)
      const notice = page.getByRole("alert")
      await see(notice.getByRole("heading", { name: "The access was refused" }))
      await see(notice.getByText(/"Ada's sandbox" stays as it was/))
      expect(new URL(page.url())).toMatchObject({ search: "", hash: "" })
      expect(await stored(id)).toEqual(before)
      expect(await store.sql("select id from social_account")).toEqual([])

      await page.getByRole("link", { name: "Go back" }).click()
      await page.waitForURL(`**/app/social-platforms/${id}`)
      await see(page.getByText("Not connected", { exact: true }))
    }
  )

  scene(
    world,
    "stores nothing and says what to do when the code is rejected",
    async () => {
      const { page, store } = world
      const id = await createPlatform(store)
      await sandbox.fault({ target: "token", kind: "invalid_grant" })

      await connect(id)
      await page.getByRole("button", { name: "Allow access" }).click()
      await page.waitForURL(CALLBACK)
      const notice = page.getByRole("alert")
      await see(
        notice.getByRole("heading", { name: "The connection was not made" })
      )
      expect(await notice.innerText()).toContain("Connect")
      expect(await stored(id)).toMatchObject({
        api_config: {},
        connected_at: null,
      })
    }
  )

  scene(
    world,
    "has nothing to finish where nobody was sent by a service",
    async () => {
      await world.page.goto("/app/oauth/sandbox/callback")
      await see(
        world.page.getByRole("heading", { name: "No connection to finish" })
      )
    }
  )

  scene(
    world,
    "exchanges a code once, also when its page is opened again",
    async () => {
      const { page, store } = world
      const id = await createPlatform(store)
      const answers: string[] = []
      page.on("request", (request) => {
        if (request.url().includes("/oauth/sandbox/callback?")) {
          answers.push(request.url())
        }
      })

      await connect(id)
      await page.getByRole("button", { name: "Allow access" }).click()
      await page.waitForURL(`**/app/social-platforms/${id}`)
      await see(page.getByText("Connected", { exact: true }))
      const connected = await stored(id)

      await page.goto(answers[0])
      await see(
        page.getByRole("heading", { name: "The connection was not made" })
      )
      expect(await sandbox.countRequests("POST", "/token")).toBe(1)
      expect(await stored(id)).toEqual(connected)
    }
  )

  scene(
    world,
    "disconnects only when asked twice, and erases the tokens",
    async () => {
      const { page, store, tab } = world
      const id = await connectPlatform(store)
      await page.goto(`/app/social-platforms/${id}`)

      const disconnect = page.getByRole("button", { name: "Disconnect" })
      await disconnect.click()
      const prompt = page.getByRole("alertdialog")
      await prompt.getByRole("button", { name: "Cancel" }).click()
      await seeNoMore(prompt)
      expect(Object.keys((await stored(id)).api_config)).toHaveLength(2)
      expect(await tab.secrets.leaks()).toEqual([])

      await disconnect.click()
      await prompt.getByRole("button", { name: "Disconnect" }).click()
      await see(
        page.getByText(
          "The tokens are erased here. Sandbox has withdrawn the access."
        )
      )
      await see(page.getByText("Not connected", { exact: true }))
      await see(page.getByRole("button", { name: "Connect", exact: true }))
      expect(await stored(id)).toMatchObject({ api_config: {} })
      expect(
        await sandbox.countRequests("POST", "/token/revocation")
      ).toBeGreaterThan(0)
    }
  )

  scene(
    world,
    "tells which token the service did not end, and how often access was refreshed",
    async () => {
      const { page, store } = world
      const id = await connectPlatform(store)
      for (let times = 0; times < 3; times += 1) {
        await store.sql(
          "update social_platform set token_expires_at = now() - interval '1 minute' where id = $1",
          [id]
        )
        await store.api("POST", `/admin/social-platforms/${id}/verify`)
      }
      await page.goto(`/app/social-platforms/${id}`)
      const activity = section(page, "Activity")
      await see(
        activity.getByText(
          /^Refreshed 3 times, last at \d\d?:\d\d [AP]M\. Lasts until .+\.$/
        )
      )
      expect(await activity.getByText("Access refreshed").count()).toBe(1)

      // The refresh token is the first that the service is asked to forget.
      await sandbox.fault({ target: "revocation", kind: "error", status: 400 })
      await page.getByRole("button", { name: "Disconnect" }).click()
      await page
        .getByRole("alertdialog")
        .getByRole("button", { name: "Disconnect" })
        .click()
      const partly =
        "Sandbox confirmed the end of the access token, not of the refresh token: remove the application in your account there, too."
      await see(page.getByText(`The tokens are erased here. ${partly}`))
      await see(activity.getByText(partly, { exact: true }))
      expect(await stored(id)).toMatchObject({ api_config: {} })
    }
  )

  scene(
    world,
    "asks to reconnect when the service has ended the access, and does it",
    async () => {
      const { page, store } = world
      const id = await connectPlatform(store)
      await sandbox.revokeGrants()

      await page.goto(`/app/social-platforms/${id}`)
      await page.getByRole("button", { name: "Sync" }).click()
      await see(page.getByText("The sync failed"))
      await see(page.getByText("Reconnect needed"))
      const connection = section(page, "Connection")
      await see(connection.getByText("Your store has lost its access."))
      await see(connection.getByText(/^Ada.* withdrew the access$/))

      await page.getByRole("button", { name: "Reconnect" }).click()
      await page.getByRole("button", { name: "Allow access" }).click()
      await page.waitForURL(`**/app/social-platforms/${id}`)
      await see(page.getByText("Connected", { exact: true }))
      await seeNoMore(page.getByText("Reconnect needed"))
    }
  )

  scene(world, "tests the connection on request", async () => {
    const { page, store } = world
    await page.goto(`/app/social-platforms/${await connectPlatform(store)}`)
    await page.getByRole("button", { name: "Test connection" }).click()
    await see(page.getByText("The connection works"))
    await see(section(page, "Connection").getByText(/^Works, as of /))
  })

  scene(
    world,
    "shows the addresses at which a service tells what happens there, ready to be copied",
    async () => {
      const { page, store } = world
      const id = await createPlatform(store, {
        name: "Our page",
        provider: "facebook",
        api_config: { client_id: "700100", client_secret: "an-app-secret" },
      })
      await page.goto(`/app/social-platforms/${id}`)
      const connection = section(page, "Connection")
      const base = `${store.url}/social-callbacks/facebook/700100`
      for (const name of ["events", "deauthorization", "data-deletion"]) {
        await see(connection.getByText(`${base}/${name}`, { exact: true }))
      }
      await see(
        connection.getByRole("button", {
          name: "Copy: Webhooks: callback URL, verify token",
        })
      )
      expect(await violationsOf(page)).toEqual([])
    }
  )

  scene(
    world,
    "leads to the client secret where the service refuses it",
    async () => {
      const { page, store } = world
      const id = await createPlatform(store)
      await sandbox.fault({ target: "token", kind: "invalid_client" })

      await connect(id)
      await page.getByRole("button", { name: "Allow access" }).click()
      await page.waitForURL(CALLBACK)
      await see(
        page.getByText(
          /^Sandbox does not accept the client ID or the client secret\. /
        )
      )
      await page.getByRole("link", { name: /^Enter the client secret/ }).click()
      await page.waitForURL(/\/edit\?field=client_secret$/)
      const secret = page.getByLabel(/^Client secret/)
      await see(secret)
      expect(
        await secret.evaluate((input) => input === document.activeElement)
      ).toBe(true)
      await page.goto(`/app/social-platforms/${id}`)
      await see(
        section(page, "Activity").getByText(
          "Sandbox does not accept the client ID or the client secret (invalid_client)."
        )
      )
    }
  )
}
