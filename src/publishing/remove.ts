import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { toMedusaError } from "../credentials/state/failures"
import { requireUsablePlatform } from "../credentials/state/usable"
import { runForAccount } from "../credentials/use/account"
import { isServiceError } from "../errors/service-error"
import type { SocialPublicationRow } from "../modules/socials/rows"
import type { PublishedPart } from "../modules/socials/sql/publications"
import { readAccount } from "./account"
import { destinationOf } from "./post-content"

/** Codes of services for what is not there any more, which is what was wanted. */
const GONE = [404, 410]

/**
 * Removes what a publication has made public, the last part first, so that no
 * comment outlives its post.
 *
 * @throws {MedusaError} NOT_ALLOWED where the service cannot
 * @throws {MedusaError} what the service said; the parts before it stay public
 */
export const removePublished = async (
  container: MedusaContainer,
  publication: SocialPublicationRow
): Promise<void> => {
  const of = await readAccount(container, publication.account_id)
  const { account, platform, provider } = of
  const { remove, description } = provider
  if (!remove) {
    throw new MedusaError(
      MedusaError.Types.NOT_ALLOWED,
      `${description.label} has no way to remove posts from here. Remove it there.`
    )
  }
  await requireUsablePlatform(container, platform, provider)
  const parts = (publication.parts ?? []) as unknown as PublishedPart[]
  for (const { external_id, url, part } of [...parts].reverse()) {
    if (!external_id) {
      throw new MedusaError(
        MedusaError.Types.NOT_ALLOWED,
        `${description.label} does not find part ${part + 1} by what is known of it. Remove it there.`
      )
    }
    const ref = { external_id, url }
    await runForAccount(container, of, (context) =>
      remove.call(provider, context, destinationOf(account), ref)
    ).catch((error: unknown) => {
      if (!isServiceError(error) || !GONE.includes(error.status ?? 0)) {
        throw toMedusaError(error)
      }
    })
  }
}
