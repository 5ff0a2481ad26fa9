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

  it("keep files that nothing uses for longer than a network may fetch them, or for ever", () => {
    const read = (unused_media_retention_days: unknown) =>
      validateOptions({ unused_media_retention_days } as object, {})
        .unused_media_retention_days
    expect([undefined, 8, 90.5, null].map(read)).toEqual([30, 8, 90.5, null])
    for (const days of [0, 7, 36_501, NaN, "30"]) {
      expect(() => read(days)).toThrow(
        /"unused_media_retention_days" must be a number of days from 8 to 36500, or null/
      )
    }
  })
})
