import { Alert, Button, Text } from "@medusajs/ui"
import { Link } from "react-router-dom"
import { countOf, formatDateTime } from "../../lib/format"
import { COUNTED_STATES, isBehind, overallBadge } from "../../lib/health-words"
import { HEALTH_STATES } from "../../lib/labels"
import type { ProviderHealth, StoreHealth } from "../../../shared/api-types"
import type { DoctorFinding } from "../../../shared/encryption-types"
import { Section } from "../section"
import { StateBadge } from "../state-badge"

type HealthOverviewProps = { health: StoreHealth }

/** How many connections are in which state, and what concerns many at once. */
export const HealthOverview = ({ health }: HealthOverviewProps) => (
  <Section
    title="Health"
    level="h1"
    badges={<StateBadge badge={overallBadge(health)} fallback="" />}
  >
    <dl
      aria-label="Connections by state"
      className="grid grid-cols-2 gap-4 px-6 py-4 md:grid-cols-3 xl:grid-cols-7"
    >
      {COUNTED_STATES.map((state) => (
        <div key={state} className="flex flex-col-reverse items-start gap-y-1">
          <dt>
            <StateBadge badge={HEALTH_STATES[state]} fallback={state} />
          </dt>
          <dd className="txt-large-plus text-ui-fg-base">
            {health.counts[state]}
          </dd>
        </div>
      ))}
    </dl>
    <EncryptionTrouble findings={health.encryption} />
    <PublishingBehind publishing={health.publishing} />
    {health.providers.map((provider) => (
      <Misconfigured key={provider.provider} provider={provider} />
    ))}
    {health.items.length === 0 && <NothingToDo health={health} />}
  </Section>
)

/** One alarm for processes that cannot encrypt: their platforms fail next. */
const EncryptionTrouble = ({ findings }: { findings: DoctorFinding[] }) =>
  findings.length > 0 && (
    <div className="flex flex-col items-start gap-y-3 px-6 py-4">
      <Alert variant="error" className="w-full">
        <span className="flex flex-col gap-y-1">
          <span className="text-ui-fg-base font-medium">
            Credentials cannot be stored
          </span>
          {findings.map(({ code, message, next }) => (
            <span key={code + message}>
              {message} {next}
            </span>
          ))}
        </span>
      </Alert>
      <Button size="small" variant="secondary" asChild>
        <Link to="/settings/encryption">Open Encryption</Link>
      </Button>
    </div>
  )

/** Nobody begins what is due: as a rule no process runs that would. */
const PublishingBehind = ({ publishing }: Pick<StoreHealth, "publishing">) =>
  isBehind(publishing) && (
    <div className="flex flex-col items-start gap-y-3 px-6 py-4">
      <Alert variant="error" className="w-full">
        <span className="flex flex-col gap-y-1">
          <span className="text-ui-fg-base font-medium">
            Posts do not go out in time
          </span>
          <span>
            {countOf(publishing.due, "publication")} should have begun, the
            first at {formatDateTime(publishing.oldest_due_at)}. Ask the
            operator of the store whether a process runs in the worker mode
            "shared" or "worker", and how busy it is.
          </span>
        </span>
      </Alert>
      <Button size="small" variant="secondary" asChild>
        <Link to="/social-posts/queue">Open the queue</Link>
      </Button>
    </div>
  )

type MisconfiguredProps = { provider: ProviderHealth }

/** One alarm for a service that refuses the application, however many platforms met it. */
const Misconfigured = ({ provider }: MisconfiguredProps) => {
  const { label, platforms, misconfigured } = provider
  if (!misconfigured) {
    return null
  }
  const { affected, message, what_to_do, at, platform_id } = misconfigured

  return (
    <div className="flex flex-col items-start gap-y-3 px-6 py-4">
      <Alert variant="error" className="w-full">
        <span className="flex flex-col gap-y-1">
          <span className="text-ui-fg-base font-medium">
            {label} refuses your application ({affected} of{" "}
            {countOf(platforms, "platform")})
          </span>
          <span>{message}</span>
          <span>{what_to_do}</span>
          <span className="text-ui-fg-subtle">{formatDateTime(at)}</span>
        </span>
      </Alert>
      <Button size="small" variant="secondary" asChild>
        <Link to={`/social-platforms/${platform_id}`}>
          Open the platform that met it last
        </Link>
      </Button>
    </div>
  )
}

const NothingToDo = ({ health }: HealthOverviewProps) => {
  const total = Object.values(health.counts).reduce((sum, n) => sum + n, 0)
  const isInTrouble =
    health.encryption.length > 0 ||
    isBehind(health.publishing) ||
    health.providers.some(({ misconfigured }) => misconfigured)
  if (isInTrouble) {
    return null
  }
  return (
    <Text size="small" className="text-ui-fg-subtle px-6 py-4">
      {total === 0
        ? "There are no platforms yet. What needs you will be shown here."
        : "Every connection in use works, and none ends within 30 days. There is nothing to do."}
    </Text>
  )
}
