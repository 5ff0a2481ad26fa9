import { createPlatform } from "./support/arrange"
import { section, see, seeNoMore } from "./support/browser-session"
import { encryptionPage } from "./support/encryption-page"
import { scene, type World } from "./support/environment"

/** What cannot be taken back: these scenes are the store's last. */
export const encryptionForGoodSuite = (world: World): void => {
  const { open, button, answer } = encryptionPage(world)

  const createKeyService = () =>
    createPlatform(world.store, {
      name: "Carrier",
      provider: "generic",
      auth_type: "api_key",
      api_config: { api_key: "carrier_live_for_good" },
    })

  scene(world, "forbids plaintext for good", async () => {
    const { page, store } = world
    await createKeyService()
    await open()
    await button("Require encryption for good").click()
    await answer("Require encryption for good?", "Require encryption")
    await see(
      section(page, "Policy").getByText("Plaintext is refused; format 2 only")
    )
    await seeNoMore(button("Require encryption for good"))
    const [floor] = await store.sql("select * from encryption_policy_floor")
    expect(floor).toMatchObject({
      reading: "require-encrypted",
      minimum_envelope_format: 2,
    })
  })

  scene(world, "retires a key that nothing needs any more", async () => {
    const { page, store } = world
    await createKeyService()
    await store.api("POST", "/admin/encryption/keys/2/promote")
    await store.api("POST", "/admin/encryption/re-encrypt", {})
    await store.sql(
      "update encryption_key set promoted_at = now() - interval '5 minutes' where version = 2"
    )
    await open()
    await button("Retire key version 1").click()
    await answer("Retire key version 1?", "Retire")
    await see(
      page
        .getByRole("region", { name: "Key versions" })
        .getByRole("row", { name: /^1 / })
        .getByText("Retired", { exact: true })
    )
  })
}
