import { createHash } from "node:crypto"
import type { MedusaContainer } from "@medusajs/framework/types"
import { generateEntityId } from "@medusajs/framework/utils"
import { isServiceError } from "../../errors/service-error"
import { EncryptionError } from "../../modules/encryption/errors"
import type { SocialPlatformRow } from "../../modules/socials/rows"
import {
  type Callback,
  CALLBACK_SECRET,
  type CallbackEvent,
  type CallbackRequest,
  type Callbacks,
  type ReadCallback,
} from "../../providers/callbacks"
import type { SocialProvider } from "../../providers/types"
import type { SecretString } from "../../secrets/secret-string"
import { socialsModule } from "../modules"
import { listProviders } from "../providers"
import { resolveCredential } from "../use/context"
import { type CallbackClient, callbackPath } from "./addresses"

/** A service delivers again for some days; what is older is a repetition by somebody else. */
export const MAX_AGE_MS = 7 * 24 * 3_600_000

/** Platforms of one application whose secrets are tried; those that it is about come first. */
const MAX_PLATFORMS = 100

/** A callback whose signature is right. */
export interface TakenCallback {
  /** Of what is kept of it. */
  id: string
  /** Whether it was not delivered before. */
  isNew: boolean
  response: Readonly<Record<string, string>>
}

/**
 * Checks what has come in at the address of a callback, and keeps what it tells.
 *
 * @param name - of the callback, the last segment of its address
 * @returns null for what no application's secret has signed, and for what is too
 * old: whoever sends that learns nothing else
 */
export const receiveCallback = async (
  container: MedusaContainer,
  { provider, client_id }: CallbackClient,
  name: string,
  request: CallbackRequest
): Promise<TakenCallback | null> => {
  const found = await findCallback(container, provider, name)
  const read = found?.callback.read(request)
  if (!found || !read || isTooOld(read)) {
    return null
  }
  const signers = await signersOf(container, found.callbacks, client_id, read)
  if (!signers.length) {
    return null
  }
  const client = { provider, client_id }
  const id = generateEntityId(undefined, "scall")
  const kept = await socialsModule(container).keepCallback(
    digestOf(client, name, read.content),
    {
      id,
      provider,
      events: read.events,
      platform_ids: signers.map((platform) => platform.id),
      told_at: read.at,
    }
  )
  return {
    id: kept,
    isNew: kept === id,
    response:
      found.callback.receipt?.(
        kept,
        await receiptAddress(container, client, name, kept)
      ) ?? {},
  }
}

/** A callback that a provider describes, with all that it does; undefined where there is none. */
export const findCallback = async (
  container: MedusaContainer,
  provider: string,
  name: string
): Promise<{ callback: Callback; callbacks: Callbacks } | undefined> => {
  const providers = await listProviders(container)
  const callbacks = providers.get(provider)?.callbacks
  return callbacks && Object.hasOwn(callbacks, name)
    ? { callback: callbacks[name], callbacks }
    : undefined
}

const receiptAddress = async (
  container: MedusaContainer,
  client: CallbackClient,
  name: string,
  id: string
): Promise<string> => {
  const { backend_url } = await socialsModule(container).getOptions()
  return `${backend_url ?? ""}${callbackPath(client, name)}/${id}`
}

const isTooOld = ({ at }: ReadCallback): boolean =>
  !!at && Date.now() - at.getTime() > MAX_AGE_MS

const digestOf = (
  { provider, client_id }: CallbackClient,
  name: string,
  content: Buffer
): string =>
  createHash("sha256")
    .update(`${JSON.stringify([provider, client_id, name])}\n`)
    .update(content)
    .digest("hex")

/** Whom events are about. */
export const subjectsOf = (events: readonly CallbackEvent[]): string[] => [
  ...new Set(
    events.map((event) =>
      "user_id" in event ? event.user_id : event.account_id
    )
  ),
]

/**
 * The platforms whose secret a callback was signed with. Only they are concerned
 * by it: who has entered a client ID of somebody else's, with another secret, can
 * tell nothing in their name.
 */
const signersOf = async (
  container: MedusaContainer,
  callbacks: Callbacks,
  client_id: string,
  read: ReadCallback
): Promise<SocialPlatformRow[]> => {
  const providers = await listProviders(container)
  const socials = socialsModule(container)
  const { provider_config } = await socials.getOptions()
  const family = [...providers.values()].filter(
    (provider) => provider.callbacks === callbacks
  )
  const ids = await socials.listCallbackPlatforms({
    client_id,
    shared: Object.fromEntries(
      family.map(({ description: { identifier } }) => [
        identifier,
        provider_config[identifier]?.client_id ?? null,
      ])
    ),
    subjects: subjectsOf(read.events),
    limit: MAX_PLATFORMS,
  })
  const rows = ids.length
    ? await socials.listSocialPlatforms({ id: ids }, { take: ids.length })
    : []
  const signers: SocialPlatformRow[] = []
  for (const row of rows) {
    const provider = providers.get(row.provider)
    const secret = provider && (await secretOf(container, provider, row))
    // Each is tried: the time must not tell which one fits.
    if (secret && read.isSignedWith(secret)) {
      signers.push(row)
    }
  }
  return signers
}

/** One that is missing or does not open has signed nothing. */
const secretOf = async (
  container: MedusaContainer,
  provider: SocialProvider,
  row: SocialPlatformRow
): Promise<SecretString | undefined> => {
  try {
    return await resolveCredential(container, provider, row, CALLBACK_SECRET)
  } catch (error) {
    if (isServiceError(error) || error instanceof EncryptionError) {
      return undefined
    }
    throw error
  }
}
