import type { MeasuredPublication } from "../modules/socials/sql/metrics"
import type { NetworkRemoval } from "../modules/socials/sql/metrics"
import type { Destination, RemoteRef } from "../providers/publication"
import type { ProviderContext, SocialProvider } from "../providers/types"

/** A part that its service can be asked about. */
export interface KnownPart extends RemoteRef {
  part: number
}

/** The parts that the service finds. */
export const knownParts = ({
  parts,
}: Pick<MeasuredPublication, "parts">): KnownPart[] =>
  (parts ?? []).flatMap(({ part, external_id, url }) =>
    external_id ? [{ part, external_id, url }] : []
  )

/** What a service says of a publication that is out. */
export interface NetworkState {
  /** What it has taken down, or has no more; null where all is there. */
  removal: NetworkRemoval | null
  /** Addresses of parts, by their number. */
  urls: Record<string, string>
}

/**
 * Asks a service what has become of a publication that is out.
 *
 * @returns null where the service cannot be asked
 */
export const readNetworkState = async (
  provider: SocialProvider,
  context: ProviderContext,
  account: Destination,
  parts: KnownPart[]
): Promise<NetworkState | null> => {
  if (!provider.fetchPostState || !parts.length) {
    return null
  }
  const { label } = provider.description
  const found: NetworkState = { removal: null, urls: {} }
  for (const { part, ...ref } of parts) {
    const said = await provider.fetchPostState(context, account, ref)
    if (said.state === "public") {
      if (said.url) {
        found.urls[part] = said.url
      }
      continue
    }
    found.removal ??= {
      part,
      reason:
        said.state === "rejected"
          ? said.reason
          : `${label} has it no more: it was deleted there.`,
    }
  }
  return found
}
