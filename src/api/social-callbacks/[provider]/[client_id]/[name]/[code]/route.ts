import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import { socialsModule } from "../../../../../../credentials/modules"
import { sendText } from "../../../../respond"

/** Tells the person who has asked for something how far it is, by the code that the service gave them. */
export const GET = async (req: MedusaRequest, res: MedusaResponse) => {
  const { provider, code } = req.params
  const [callback] = await socialsModule(req.scope).listSocialCallbacks({
    id: code,
    provider,
  })
  if (!callback) {
    sendText(res, 404, "There is no request with this code.")
    return
  }
  const { handled_at, created_at } = callback
  sendText(
    res,
    200,
    handled_at
      ? `Done: what you asked for on ${dayOf(created_at)} was carried out on ${dayOf(handled_at)}.`
      : `Your request of ${dayOf(created_at)} is being worked on. Come back tomorrow.`
  )
}

const dayOf = (time: Date): string => new Date(time).toISOString().slice(0, 10)
