import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"
import { takeDue } from "../publishing/lanes"
import { PUBLICATIONS_DUE } from "../workflows/events"
import { publishClaimed } from "../workflows/posts/publish-claimed"

/** Lets this process take its share of what is due, and returns at once. */
const publicationsDue = async ({
  container,
}: SubscriberArgs): Promise<void> => {
  await takeDue(container, publishClaimed)
}

export default publicationsDue

export const config: SubscriberConfig = {
  event: PUBLICATIONS_DUE,
  context: { subscriberId: "social-publications-due" },
}
