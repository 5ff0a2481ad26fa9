import type { MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import { callbackAddresses } from "../../../credentials/callbacks/addresses"
import { platformRedirectUri } from "../../../credentials/oauth/redirect-uri"
import { accessRules } from "../../../credentials/state/access-rules"
import { socialsModule } from "../../../credentials/modules"
import { listProviders } from "../../../credentials/providers"
import {
  type CredentialsView,
  viewAccess,
  viewCredentials,
} from "../../../credentials/state/view"
import { shownError } from "../../../credentials/state/transitions"
import type { SocialPlatformRow } from "../../../modules/socials/rows"
import type { SocialProvider } from "../../../providers/types"
import type { CallbackAddress, PlatformAccess } from "../../../shared/api-types"
import { needsRedirectUri } from "../../../providers/capabilities"

export type PlatformRow = { id: string } & Record<string, unknown>
export type PlatformResponse = PlatformRow &
  CredentialsView &
  PlatformAccess<Date> & {
    redirect_uri: string | null
    callbacks: CallbackAddress[]
  }

/**
 * Adds to rows from Query what may be shown of their credentials: which there
 * are and how they are stored, never a value or an envelope.
 */
export const presentPlatforms = async (
  container: MedusaContainer,
  rows: PlatformRow[]
): Promise<PlatformResponse[]> => {
  const socials = socialsModule(container)
  const ids = rows.map(({ id }) => id)
  const [providers, { provider_config }, stored, ends] = await Promise.all([
    listProviders(container),
    socials.getOptions(),
    socials.listSocialPlatforms({ id: ids }, { take: rows.length }),
    socials.listAccessEnds(await accessRules(container, ids), ids),
  ])
  const storedById = new Map(stored.map((row) => [row.id, row]))
  const endById = new Map(ends.map((end) => [end.id, end]))

  const present = async (row: PlatformRow): Promise<PlatformResponse[]> => {
    const platform = storedById.get(row.id)
    const end = endById.get(row.id)
    const provider = platform && providers.get(platform.provider)
    return platform && end
      ? [
          {
            ...row,
            ...(row.last_error !== undefined && {
              last_error: shownError(
                row.last_error as SocialPlatformRow["last_error"]
              ),
            }),
            redirect_uri: await redirectUriOf(container, provider, platform),
            callbacks: await callbackAddresses(container, provider, platform),
            ...viewCredentials(platform, provider, provider_config),
            ...viewAccess(platform, provider, end),
          },
        ]
      : []
  }
  return (await Promise.all(rows.map(present))).flat()
}

/** What a person must make known at the service for the platform to connect; null where nothing is. */
const redirectUriOf = async (
  container: MedusaContainer,
  provider: SocialProvider | undefined,
  platform: SocialPlatformRow
): Promise<string | null> =>
  provider &&
  ["oauth1", "oauth2"].includes(platform.auth_type) &&
  needsRedirectUri(provider)
    ? platformRedirectUri(container, provider, platform)
    : null

/**
 * Reads one platform as it is shown.
 *
 * @throws {MedusaError} NOT_FOUND
 */
export const refetchPlatform = async (
  container: MedusaContainer,
  id: string,
  fields: string[]
): Promise<PlatformResponse> => {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({
    entity: "social_platform",
    fields: [...new Set(["id", ...fields])],
    filters: { id },
  })
  const [platform] = await presentPlatforms(
    container,
    data as unknown as PlatformRow[]
  )
  if (!platform) {
    throw new MedusaError(
      MedusaError.Types.NOT_FOUND,
      `There is no platform with the id ${id}.`
    )
  }
  return platform
}
