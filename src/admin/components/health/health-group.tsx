import { Text } from "@medusajs/ui"
import { Link } from "react-router-dom"
import {
  factsOf,
  healthRowId,
  type HealthGroup as Group,
} from "../../lib/health-words"
import { HEALTH_STATES } from "../../lib/labels"
import type { HealthItem } from "../../../shared/api-types"
import { ConnectButton, TestButton } from "../platform/connection-actions"
import { Section } from "../section"
import { StateBadge } from "../state-badge"

type HealthGroupProps = {
  group: Group
  /** Is told whose button a person has used. */
  onTest: (platformId: string) => void
}

/** Platforms that need the same kind of attention, each with what to do. */
export const HealthGroup = ({
  group: { title, items },
  onTest,
}: HealthGroupProps) => (
  <Section title={title}>
    <ul aria-label={title} className="divide-y">
      {items.map((item) => (
        <Item key={item.platform_id} item={item} onTest={onTest} />
      ))}
    </ul>
  </Section>
)

type ItemProps = Pick<HealthGroupProps, "onTest"> & { item: HealthItem }

const Item = ({ item, onTest }: ItemProps) => {
  const { platform_id, name, provider_label, state, reason, what_to_do } = item
  const facts = factsOf(item)

  return (
    <li
      id={healthRowId(platform_id)}
      className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-6 py-4"
    >
      <div className="flex min-w-0 flex-1 basis-[360px] flex-col gap-y-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Link
            to={`/social-platforms/${platform_id}`}
            className="txt-compact-small-plus text-ui-fg-base min-w-0 break-words underline-offset-2 hover:underline"
          >
            {name}
          </Link>
          <StateBadge badge={HEALTH_STATES[state]} fallback={state} />
          <Text size="small" className="text-ui-fg-subtle">
            {provider_label}
          </Text>
        </div>
        <Text size="small" className="text-ui-fg-base text-pretty break-words">
          {what_to_do}
        </Text>
        <Text
          size="small"
          className="text-ui-fg-subtle text-pretty break-words"
        >
          {reason}
        </Text>
        {facts.length > 0 && (
          <Text size="small" className="text-ui-fg-subtle">
            {facts.join(" · ")}
          </Text>
        )}
      </div>
      <Actions item={item} onTest={onTest} />
    </li>
  )
}

const Actions = ({ item, onTest }: ItemProps) => {
  const { platform_id: id, name, provider, state } = item
  const isNew = state === "not_connected"
  const asksForConsent = isNew || state === "reconnect" || state === "expiring"

  return (
    <div className="flex flex-wrap items-center gap-2">
      {item.can_test && (
        <TestButton
          platform={{ id }}
          label={`Test connection of ${name}`}
          onRun={() => onTest(id)}
        />
      )}
      {item.connects_by_redirect && (
        <ConnectButton
          platform={{
            id,
            provider,
            connection: isNew ? "not_connected" : "connected",
          }}
          isConnected={!asksForConsent}
          label={`${isNew ? "Connect" : "Reconnect"} ${name}`}
        />
      )}
    </div>
  )
}
