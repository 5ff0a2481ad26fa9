import type { MedusaRequest, MedusaResponse } from "@medusajs/framework/http"
import type { IEventBusModuleService, Logger } from "@medusajs/framework/types"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import { isVerifyToken } from "../../../../../credentials/callbacks/addresses"
import {
  findCallback,
  receiveCallback,
} from "../../../../../credentials/callbacks/receive"
import { CALLBACK_RECEIVED } from "../../../../../workflows/events"
import { sendText } from "../../../respond"

/** Takes what a service tells: the signature is checked now, the work is done behind. */
export const POST = async (req: MedusaRequest, res: MedusaResponse) => {
  const { provider, client_id, name } = req.params
  const taken = await receiveCallback(
    req.scope,
    { provider, client_id },
    name,
    {
      header: (header) => req.get(header),
      body: Buffer.from((req.rawBody as Buffer | undefined) ?? ""),
    }
  )
  if (!taken) {
    // The same for all that is not taken: it tells nothing of what there is.
    sendText(
      res,
      403,
      "This was not signed by an application that is known here."
    )
    return
  }
  if (taken.isNew) {
    await announce(req.scope, taken.id)
  }
  res.set("cache-control", "no-store").json(taken.response)
}

/** A job finds what nobody was told of. */
const announce = async (
  scope: MedusaRequest["scope"],
  id: string
): Promise<void> => {
  try {
    const bus: IEventBusModuleService = scope.resolve(Modules.EVENT_BUS)
    await bus.emit({ name: CALLBACK_RECEIVED, data: { id } })
  } catch (error) {
    const logger: Logger = scope.resolve(ContainerRegistrationKeys.LOGGER)
    logger.warn(
      `A callback is worked on later, since nobody could be told of it: ${(error as Error).message}`
    )
  }
}

/** Answers a service that asks whether the address is the store's. */
export const GET = async (req: MedusaRequest, res: MedusaResponse) => {
  const { provider, client_id, name } = req.params
  const found = await findCallback(req.scope, provider, name)
  const asked = found?.callback.handshake?.(req.query)
  const isKnown =
    !!asked &&
    (await isVerifyToken(req.scope, { provider, client_id }, asked.token))
  if (!isKnown) {
    sendText(
      res,
      403,
      "The verify token is not the one that the platform's page shows."
    )
    return
  }
  sendText(res, 200, asked.response)
}
