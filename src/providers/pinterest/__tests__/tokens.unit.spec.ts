import {
  type PinterestSimulator,
  startPinterest,
} from "../../../../sandbox/networks/pinterest/server"
import {
  APP_ID,
  APP_SECRET,
} from "../../../../sandbox/networks/pinterest/state"
import { refreshAccessToken } from "../../../oauth/refresh-token"
import { isServiceError } from "../../../provider"
import { SecretString } from "../../../secrets/secret-string"
import { pinterestDescription } from "../description"

const DAY_MS = 86_400_000

let pinterest: PinterestSimulator

beforeAll(async () => {
  pinterest = await startPinterest(0)
})
afterAll(() => pinterest.close())
beforeEach(() => pinterest.reset())

const refresh = (refreshToken: string, secret = APP_SECRET) =>
  refreshAccessToken({
    server: pinterestDescription.oauth2!.server({ base_url: pinterest.url }),
    client: { client_id: APP_ID, client_secret: new SecretString(secret) },
    fetch,
    refreshToken: new SecretString(refreshToken),
  })

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (isServiceError(error) ? error : undefined)
  )

const daysUntil = (at: Date | null): number =>
  Math.round(((at?.getTime() ?? 0) - Date.now()) / DAY_MS)

describe("a refresh at Pinterest", () => {
  it("brings both tokens anew, with the lifetimes that Pinterest says, and the old one is used up", async () => {
    const { refresh_token } = pinterest.makeTokens()
    const tokens = await refresh(refresh_token)
    expect([...pinterest.state.refresh_tokens.keys()]).toEqual([
      tokens.refresh_token!.reveal(),
    ])
    expect(daysUntil(tokens.expires_at)).toBe(30)
    expect(daysUntil(tokens.refresh_token_expires_at)).toBe(60)
    expect(await failureOf(refresh(refresh_token))).toMatchObject({
      errorClass: "token_invalid",
      code: "invalid_grant",
    })
  })

  it("says nothing of the grant where the app's secret is wrong", async () => {
    const { refresh_token } = pinterest.makeTokens()
    expect(await failureOf(refresh(refresh_token, "wrong"))).toMatchObject({
      errorClass: "config_error",
      code: "invalid_client",
    })
    expect(pinterest.state.refresh_tokens.has(refresh_token)).toBe(true)
  })
})
