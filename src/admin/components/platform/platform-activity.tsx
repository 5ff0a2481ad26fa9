import { Button, Skeleton, Text } from "@medusajs/ui"
import {
  useAdminEmails,
  usePlatformActivity,
} from "../../hooks/use-platform-activity"
import { activityOf, actorName } from "../../lib/activity-words"
import { errorMessage } from "../../lib/errors"
import { formatDateTime } from "../../lib/format"
import { partiesOf } from "../../lib/platform-trouble"
import type {
  CredentialEvent,
  SocialPlatform,
  SocialProvider,
} from "../../../shared/api-types"
import type { Parties } from "../../../shared/trouble"
import { Section } from "../section"
import { StateBadge } from "../state-badge"

type PlatformActivityProps = {
  platform: SocialPlatform
  provider: SocialProvider | undefined
}

/** Who did what to the platform's access, and what happened by itself. */
export const PlatformActivity = ({
  platform,
  provider,
}: PlatformActivityProps) => {
  const activity = usePlatformActivity(platform.id)
  const events = activity.data?.pages.flatMap((page) => page.events) ?? []
  const emails = useAdminEmails(
    events.flatMap(({ actor_id }) => (actor_id ? [actor_id] : []))
  )

  return (
    <Section title="Activity">
      {activity.isPending && <Loading />}
      {activity.error && (
        <div
          role="alert"
          className="flex flex-wrap items-center justify-between gap-3 px-6 py-4"
        >
          <Text size="small" className="text-ui-fg-subtle">
            The activity could not be loaded. {errorMessage(activity.error)}
          </Text>
          <Button
            size="small"
            variant="secondary"
            onClick={() => void activity.refetch()}
          >
            Try again
          </Button>
        </div>
      )}
      {activity.data && events.length === 0 && (
        <Text size="small" className="text-ui-fg-subtle px-6 py-4">
          Nothing has happened yet.
        </Text>
      )}
      {events.length > 0 && (
        <ul aria-label="Activity" className="divide-y">
          {events.map((event) => (
            <Entry
              key={event.id}
              event={event}
              emails={emails}
              parties={partiesOf(platform, provider)}
            />
          ))}
        </ul>
      )}
      {activity.hasNextPage && (
        <div className="flex justify-center px-6 py-3">
          <Button
            size="small"
            variant="transparent"
            isLoading={activity.isFetchingNextPage}
            onClick={() => void activity.fetchNextPage()}
          >
            Show earlier activity
          </Button>
        </div>
      )}
    </Section>
  )
}

type EntryProps = {
  event: CredentialEvent
  emails: Map<string, string>
  parties: Parties
}

const Entry = ({ event, emails, parties }: EntryProps) => {
  const { title, note, color } = activityOf(event, parties)

  return (
    <li className="flex flex-wrap items-start justify-between gap-x-6 gap-y-1 px-6 py-3">
      <div className="flex min-w-0 flex-1 basis-[240px] flex-col gap-y-1">
        <StateBadge badge={{ label: title, color }} fallback={title} />
        {note && (
          <Text size="small" className="text-ui-fg-subtle break-words">
            {note}
          </Text>
        )}
      </div>
      <div className="flex min-w-0 flex-col sm:items-end">
        <Text size="small" className="text-ui-fg-base break-all">
          {actorName(event.actor_id, emails)}
        </Text>
        <Text size="small" className="text-ui-fg-subtle">
          <time dateTime={event.created_at}>
            {formatDateTime(event.created_at)}
          </time>
        </Text>
      </div>
    </li>
  )
}

const Loading = () => (
  <div role="status" aria-label="Loading the activity" className="divide-y">
    {[0, 1].map((row) => (
      <div key={row} className="px-6 py-3">
        <Skeleton className="h-5 w-48" />
      </div>
    ))}
  </div>
)
