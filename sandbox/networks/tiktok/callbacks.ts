import { createHmac } from "node:crypto"
import { CLIENT_KEY, CLIENT_SECRET, type State } from "./state"

/** An event as TikTok sends it (developers.tiktok.com/doc/webhooks-overview), with its signature. */
export const signEvent = (
  { creator }: State,
  event: string,
  content: object = {},
  time = Math.floor(Date.now() / 1000)
): { headers: Record<string, string>; body: string } => {
  const body = JSON.stringify({
    client_key: CLIENT_KEY,
    event,
    create_time: time,
    user_openid: creator.open_id,
    content: JSON.stringify(content),
  })
  const signature = createHmac("sha256", CLIENT_SECRET)
    .update(`${time}.${body}`)
    .digest("hex")
  return {
    headers: {
      "content-type": "application/json",
      "tiktok-signature": `t=${time},s=${signature}`,
    },
    body,
  }
}
