import { ServiceError } from "../../../errors/service-error"
import type { SocialPlatformRow } from "../../../modules/socials/rows"
import {
  accessEnded,
  connected,
  credentialsStored,
  disconnected,
  failed,
  healthBefore,
  keyErased,
  refreshed,
  synced,
  tested,
} from "../transitions"

/** Nothing has failed. */
const WELL = { last_error: null }

const AT = new Date("2030-06-15T12:00:00Z")
const LATER = new Date("2030-06-15T13:00:00Z")

/** A connection that the token endpoint has called ended. */
const LOST = {
  status: "error",
  token_validity: "false",
  last_error: { class: "token_invalid", code: "invalid_grant" },
  consecutive_failures: 4,
  grant_ended_at: AT,
} as unknown as SocialPlatformRow

const grant = {
  token_expires_at: LATER,
  next_refresh_at: AT,
  granted_client_id: "shop",
}
const refusal = (code: string) =>
  new ServiceError("token_invalid", "It is over.", { code })
const another = { isExtended: false, isAnother: true }

describe("a connection", () => {
  it.each([
    ["connected", connected(grant, AT)],
    ["refreshed", refreshed(LOST, grant, AT, another)],
    ["tested", tested(LOST)],
    ["given other credentials", credentialsStored(LOST, ["api_key"], true)],
    ["disconnected", disconnected()],
    ["robbed of its key", keyErased(LOST)],
  ])("forgets all that went wrong once it is %s", (_, columns) => {
    expect(columns).toMatchObject({
      last_error: null,
      consecutive_failures: 0,
      grant_ended_at: null,
    })
    expect(columns.token_validity).not.toBe("false")
    expect(columns.status).not.toBe("error")
  })

  it("is believed to work only once its service has said so", () => {
    expect(connected(grant, AT).token_validity).toBe("true")
    expect(tested(LOST).token_validity).toBe("true")
    expect(credentialsStored(LOST, ["api_key"], true).token_validity).toBe(
      "unknown"
    )
  })

  it("keeps what a person has switched off switched off", () => {
    const off = { ...LOST, status: "inactive" } as SocialPlatformRow
    expect(refreshed(off, grant, AT, another).status).toBe("inactive")
    expect(credentialsStored(off, ["api_key"], true).status).toBe("inactive")
    expect(keyErased(off).status).toBe("inactive")
    expect(tested(off)).not.toHaveProperty("status")
  })

  it("becomes active by the credential that it waited for, and by no other", () => {
    const pending = { status: "pending" } as const
    expect(credentialsStored(pending, ["api_key"], true).status).toBe("active")
    expect(credentialsStored(pending, ["webhook_secret"], false).status).toBe(
      "pending"
    )
  })

  it("keeps the client id of its grant until it has other tokens", () => {
    expect(
      credentialsStored(LOST, ["client_secret"], false)
    ).not.toHaveProperty("granted_client_id")
    expect(credentialsStored(LOST, ["refresh_token"], true)).toHaveProperty(
      "granted_client_id",
      null
    )
  })

  it("is erased some day only after the token endpoint's own word", () => {
    expect(accessEnded(LOST, refusal("invalid_grant"), AT)).toMatchObject({
      status: "error",
      token_validity: "false",
      next_refresh_at: null,
      grant_ended_at: AT,
      consecutive_failures: 5,
      last_error: { code: "invalid_grant", at: AT.toISOString() },
    })
    expect(accessEnded(LOST, refusal("http_401"), AT).grant_ended_at).toBeNull()
  })

  it("is left alone by a failure that passes", () => {
    const error = new ServiceError("transient", "Busy.", { code: "http_503" })
    expect(failed(WELL, error, 3, LATER)).toEqual({
      last_error: expect.objectContaining({ code: "http_503" }),
      consecutive_failures: 3,
      next_refresh_at: LATER,
    })
    expect(failed(WELL, error, 1)).not.toHaveProperty("next_refresh_at")
  })

  it("counts its failures on while its service repeats the token that it refuses", () => {
    const same = { isExtended: false, isAnother: false }
    expect(refreshed(LOST, grant, AT, same).consecutive_failures).toBe(4)
  })

  it("tells when a refresh moved the end of its refresh token", () => {
    expect(
      refreshed(LOST, grant, AT, { isExtended: true, isAnother: true })
    ).toMatchObject({ refresh_token_extended_at: AT, last_refreshed_at: AT })
    expect(refreshed(LOST, grant, AT, another)).not.toHaveProperty(
      "refresh_token_extended_at"
    )
  })

  it("keeps its failed refresh until one works, whatever else fails or works meanwhile", () => {
    const error = new ServiceError("transient", "Busy.", { code: "http_503" })
    const afterRefresh = failed(WELL, error, 1, LATER)
    expect(synced(afterRefresh as SocialPlatformRow, AT, null)).toEqual({
      last_synced_at: AT,
    })
    const afterSync = failed(afterRefresh as SocialPlatformRow, error, 2)
    expect(synced(afterSync as SocialPlatformRow, AT, null)).toEqual({
      last_synced_at: AT,
    })
    const another = failed(WELL, error, 1)
    expect(synced(another as SocialPlatformRow, AT, null)).toEqual({
      last_synced_at: AT,
      last_error: null,
      consecutive_failures: 0,
    })
  })

  it("keeps its profile when a sync brought none", () => {
    expect(synced(WELL, AT, null)).not.toHaveProperty("profile")
    expect(synced(WELL, AT, { name: "Ada" })).toMatchObject({
      profile: { name: "Ada" },
      last_synced_at: AT,
    })
  })

  it("can be put back as it was", () => {
    expect(healthBefore(LOST)).toEqual(LOST)
  })
})
