import {
  platformFormDefaults,
  toCreateBody,
  toUpdateBody,
} from "../platform-form"
import { platform, provider } from "./fixtures"

describe("the platform form", () => {
  it("starts without any secret, also where one is stored", () => {
    const values = platformFormDefaults(provider, platform)

    expect(Object.values(values.secrets)).toEqual([
      { value: "", erase: false },
      { value: "", erase: false },
      { value: "", erase: false },
    ])
  })

  it("starts with what is stored, and with the default of what is not", () => {
    const values = platformFormDefaults(provider, platform)

    expect(values.settings).toEqual({
      probe_url: "https://example.com/ping",
      timeout: "10",
      strict: false,
    })
    expect(values.category).toBe("payment")
  })

  it("creates with typed settings, and only with the secrets of the chosen authentication", () => {
    const values = platformFormDefaults(provider)
    values.settings.probe_url = " https://example.com/ping "
    values.secrets.api_key.value = "key"
    values.secrets.password.value = "left from another choice"

    expect(toCreateBody(values, provider)).toEqual({
      name: "Generic",
      provider: "generic",
      category: "other",
      auth_type: "api_key",
      api_config: {
        probe_url: "https://example.com/ping",
        timeout: 10,
        strict: true,
        api_key: "key",
      },
    })
  })

  it("keeps a stored secret by not sending it", () => {
    const body = toUpdateBody(
      platformFormDefaults(provider, platform),
      provider,
      platform
    )

    expect(body.api_config).toEqual({
      probe_url: "https://example.com/ping",
      timeout: 10,
      strict: false,
    })
  })

  it("erases a secret by sending null, whatever was typed before", () => {
    const values = platformFormDefaults(provider, platform)
    values.secrets.api_key = { value: "typed", erase: true }

    expect(toUpdateBody(values, provider, platform).api_config).toMatchObject({
      api_key: null,
    })
  })

  it("erases an emptied setting and an emptied text by sending null", () => {
    const values = platformFormDefaults(provider, platform)
    values.settings.probe_url = ""
    values.description = " "

    const body = toUpdateBody(values, provider, platform)

    expect(body.api_config).toMatchObject({ probe_url: null })
    expect(body.description).toBeNull()
    expect(body).not.toHaveProperty("base_url")
  })

  it("sends a status only where a person changed it", () => {
    const broken = { ...platform, status: "error" as const }
    const values = platformFormDefaults(provider, broken)

    expect(toUpdateBody(values, provider, broken)).not.toHaveProperty("status")
    values.status = "inactive"
    expect(toUpdateBody(values, provider, broken).status).toBe("inactive")
  })
})
