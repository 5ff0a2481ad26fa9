import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import { handleCallbackWorkflow } from "../workflows/callbacks/workflows/handle-callback"
import { CALLBACK_RECEIVED } from "../workflows/events"

/** Works on what a service has told, after the service has had its response. */
const callbackReceived = async ({
  event,
  container,
}: SubscriberArgs<{ id: string }>): Promise<void> => {
  await handleCallbackWorkflow(container).run({ input: { id: event.data.id } })
}

export default callbackReceived

export const config: SubscriberConfig = {
  event: CALLBACK_RECEIVED,
  context: { subscriberId: "social-callback-received" },
}
