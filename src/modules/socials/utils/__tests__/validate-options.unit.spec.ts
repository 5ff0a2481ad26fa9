import { validateOptions } from "../validate-options"

describe("the plugin's options", () => {
  it("are refused by name when one is mistyped", () => {
    const mistyped = { provider_configs: {} } as object
    expect(() => validateOptions(mistyped, {})).toThrow(
      /^The plugin has no option "provider_configs"\. Use: .*provider_config, /
    )
    expect(() => validateOptions({ provider_config: {} }, {})).not.toThrow()
  })

  it("offer the sandbox in development, and in production only when asked", () => {
    const production = { NODE_ENV: "production" }
    expect(validateOptions({}, {}).sandbox).toBe(true)
    expect(validateOptions({}, production).sandbox).toBe(false)
    expect(validateOptions({ sandbox: true }, production).sandbox).toBe(true)
    expect(
      validateOptions({}, { ...production, SOCIAL_PLATFORMS_SANDBOX: "true" })
        .sandbox
    ).toBe(true)
  })
})
