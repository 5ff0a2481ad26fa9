import { Text } from "@medusajs/ui"
import type { PlatformProfile } from "../../../shared/api-types"
import { AccountAvatar } from "../account-avatar"
import { ExternalLink } from "../external-link"
import { Section } from "../section"

type PlatformProfileSectionProps = { profile: PlatformProfile | null }

const number = new Intl.NumberFormat()

/** Who is signed in at the service, as the last sync found it. */
export const PlatformProfileSection = ({
  profile,
}: PlatformProfileSectionProps) => (
  <Section title="Profile">
    {profile ? (
      <div className="flex items-center gap-x-4 px-6 py-4">
        <AccountAvatar
          name={profile.name}
          src={profile.avatar_url}
          size="large"
        />
        <div className="flex min-w-0 flex-col">
          <Text size="small" weight="plus" className="break-words">
            {profile.url ? (
              <ExternalLink href={profile.url}>{profile.name}</ExternalLink>
            ) : (
              profile.name
            )}
          </Text>
          {profile.username && (
            <Text size="small" className="text-ui-fg-subtle break-words">
              @{profile.username}
            </Text>
          )}
          {typeof profile.followers === "number" && (
            <Text size="small" className="text-ui-fg-subtle">
              {number.format(profile.followers)} followers
            </Text>
          )}
        </div>
      </div>
    ) : (
      <Text size="small" className="text-ui-fg-subtle px-6 py-4">
        No profile yet. It appears after connecting and syncing.
      </Text>
    )}
  </Section>
)
