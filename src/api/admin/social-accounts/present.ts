import type { MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  MedusaError,
} from "@medusajs/framework/utils"
import { socialsModule } from "../../../credentials/modules"

type AccountRow = { platform_id: string } & Record<string, unknown>

/** `platform_id` must be there for the join; clients may not have asked for it. */
export const withPlatformId = (fields: string[]): string[] => [
  ...new Set(["id", "platform_id", ...fields]),
]

/** Adds to each account its platform: the models have no relation for Query to follow. */
export const presentAccounts = async <T extends AccountRow>(
  container: MedusaContainer,
  accounts: T[]
) => {
  const platforms = await socialsModule(container).listSocialPlatforms(
    { id: accounts.map(({ platform_id }) => platform_id) },
    { select: ["id", "name", "provider", "status"] }
  )
  const platformById = new Map(
    platforms.map(({ id, name, provider, status }) => [
      id,
      { id, name, provider, status },
    ])
  )
  return accounts.map((account) => ({
    ...account,
    platform: platformById.get(account.platform_id) ?? null,
  }))
}

/**
 * Reads one account as it is shown.
 *
 * @throws {MedusaError} NOT_FOUND
 */
export const refetchAccount = async (
  container: MedusaContainer,
  id: string,
  fields: string[]
) => {
  const query = container.resolve(ContainerRegistrationKeys.QUERY)
  const { data } = await query.graph({
    entity: "social_account",
    fields: withPlatformId(fields),
    filters: { id },
  })
  const [account] = await presentAccounts(
    container,
    data as unknown as AccountRow[]
  )
  if (!account) {
    throw new MedusaError(
      MedusaError.Types.NOT_FOUND,
      `There is no account with the id ${id}.`
    )
  }
  return account
}
