import { extendsRefreshToken } from "../schedule"

const DAY_MS = 86_400_000
const NOW = new Date("2030-06-15T12:00:00Z")
const inDays = (days: number) => new Date(NOW.getTime() + days * DAY_MS)
const byMs = (date: Date, ms: number) => new Date(date.getTime() + ms)

const grant = (change: object = {}) => ({
  refresh_token_expires_at: inDays(13),
  last_refreshed_at: inDays(-1),
  connected_at: inDays(-20),
  ...change,
})

describe("a refresh", () => {
  it("extends a refresh token that lives anew for as long", () => {
    expect(extendsRefreshToken(grant(), inDays(14), NOW)).toBe(true)
    const neverRefreshed = grant({
      last_refreshed_at: null,
      connected_at: inDays(-1),
    })
    expect(extendsRefreshToken(neverRefreshed, inDays(14), NOW)).toBe(true)
  })

  it.each([-2_000, 0, 2_000])(
    "extends nothing where the service tells what is left, give or take %d ms",
    (ms) => {
      expect(extendsRefreshToken(grant(), byMs(inDays(13), ms), NOW)).toBe(
        false
      )
    }
  )

  it("extends nothing where the service tells nothing", () => {
    expect(extendsRefreshToken(grant(), null, NOW)).toBe(false)
  })

  it("extends nothing where the service shortens what is left", () => {
    expect(extendsRefreshToken(grant(), inDays(2), NOW)).toBe(false)
  })

  it("may extend an end that was not known before", () => {
    const unknown = grant({ refresh_token_expires_at: null })
    expect(extendsRefreshToken(unknown, inDays(14), NOW)).toBe(true)
  })
})
