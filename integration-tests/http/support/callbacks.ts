import type { MedusaContainer } from "@medusajs/framework/types"
import { signEvents } from "../../../sandbox/networks/meta/callbacks"
import type { MetaSimulator } from "../../../sandbox/networks/meta/server"
import type { CallbackAddress } from "../../../src/shared/api-types"
import { type Admin, sql } from "./application"
import { eventually } from "./eventually"
import { connectMeta, META_HOSTS } from "./meta"

/** A callback as it is sent. */
export interface Sent {
  headers: Record<string, string>
  body: string
}

const FORM = { "content-type": "application/x-www-form-urlencoded" }

/** Sends a callback, and gives the response. */
export const sendCallback = async (url: string, sent: Sent) => {
  const response = await fetch(url, { method: "POST", ...sent })
  return { status: response.status, body: await response.text() }
}

/** A signed request of Meta's, as a form. */
export const asForm = (signed_request: string): Sent => ({
  headers: FORM,
  body: new URLSearchParams({ signed_request }).toString(),
})

/** Presses a button on a page of the simulated Meta's. */
export const pressAtMeta = (
  meta: MetaSimulator,
  path: string,
  fields: Record<string, string> = {}
): Promise<Response> =>
  fetch(`${meta.url}${path}`, {
    method: "POST",
    headers: FORM,
    body: new URLSearchParams(fields).toString(),
    redirect: "manual",
  })

/** The addresses that a platform's page shows. */
export const callbacksOf = async (
  admin: Admin,
  platform: string
): Promise<CallbackAddress[]> => {
  const { data } = await admin.get(`/admin/social-platforms/${platform}`)
  return data.social_platform.callbacks
}

/** Connects a platform, and enters at Meta all that its page shows. */
export const connectWithCallbacks = async (
  admin: Admin,
  meta: MetaSimulator,
  provider: string
): Promise<string> => {
  const id = await connectMeta(admin, meta, provider)
  for (const { name, url } of await callbacksOf(admin, id)) {
    Object.assign(meta.state.callbacks[META_HOSTS[provider]], { [name]: url })
  }
  return id
}

/** What somebody could send who does not have the app's secret, or sends what is old, or elsewhere. */
export const forgeriesOf = (
  { state }: MetaSimulator,
  url: string,
  told: object
): [url: string, sent: Sent][] => {
  const right = signEvents(state, "facebook", told)
  const { "x-hub-signature-256": signature } = right.headers
  const json = { "content-type": "application/json" }
  const { entry } = told as { entry: object[] }
  const time = Math.floor(Date.now() / 1000) - 8 * 86_400
  const old = { ...told, entry: [{ ...entry[0], time }] }
  const cut = { ...json, "x-hub-signature-256": signature.slice(0, -2) }
  return [
    [url, { ...right, body: right.body.replace("remove", "hide") }],
    [url, { ...right, body: `${right.body} ` }],
    [url, { ...right, headers: json }],
    [url, { ...right, headers: cut }],
    [url, signEvents(state, "threads", told)],
    [url, signEvents(state, "facebook", old)],
    [url.replace(state.apps.facebook.id, "999"), right],
    [url.replace("/facebook/", "/nobody/"), right],
    [url.replace("/facebook/", "/sandbox/"), right],
    [url.replace(/events$/, "constructor"), right],
    [url.replace(/events$/, "deauthorization"), right],
  ]
}

/** Waits until all that was delivered has been worked on. */
export const callbacksDone = (container: MedusaContainer): Promise<void> =>
  eventually(async () => {
    const open = await sql(
      container,
      "select id from social_callback where handled_at is null"
    )
    expect(open).toEqual([])
  })
