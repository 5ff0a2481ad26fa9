import { ServiceError } from "../../errors/service-error"
import type { ProviderContext, SocialProvider } from "../types"
import { DISCORD, discordWebhookDescription } from "./description"
import { API, publishByWebhook, removeByWebhook } from "./publish"
import { discordWebhookSettings, limits } from "./settings"

interface Webhook {
  id: string
  name: string | null
  channel_id: string
  guild_id: string
}

const readWebhook = async ({ request }: ProviderContext): Promise<Webhook> => {
  const webhook = await request<Webhook>(`${API}/webhooks/{webhook_url}`)
  if (!webhook.id || !webhook.channel_id) {
    throw new ServiceError(
      "transient",
      `${DISCORD} answered without a webhook.`,
      { code: "malformed_response" }
    )
  }
  return webhook
}

/**
 * The provider for Discord by a webhook. It has no `recover`: a webhook can
 * neither list what it has sent nor give a message a key.
 */
export const discordWebhookProvider: SocialProvider = {
  description: discordWebhookDescription,
  verify: async (context) => {
    const { name, id } = await readWebhook(context)
    return `The URL belongs to the webhook ${context.redact(name ?? id)}.`
  },
  listAccounts: async (context) => {
    const { id, name, guild_id, channel_id } = await readWebhook(context)
    return [
      {
        external_id: id,
        kind: "webhook",
        name: name ?? id,
        username: null,
        avatar_url: null,
        url: `https://discord.com/channels/${guild_id}/${channel_id}`,
      },
    ]
  },
  limits,
  settings: discordWebhookSettings,
  publish: publishByWebhook,
  remove: removeByWebhook,
}
