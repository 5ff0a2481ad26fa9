import {
  Button,
  Container,
  Heading,
  Table,
  Text,
  toast,
  usePrompt,
} from "@medusajs/ui"
import { usePromoteKey, useRetireKey } from "../../hooks/use-encryption"
import { canPromote, canRetire, valuesUnder } from "../../lib/encryption-tasks"
import { KEY_STATES } from "../../lib/encryption-words"
import { errorMessage } from "../../lib/errors"
import { formatDate } from "../../lib/format"
import type {
  EncryptionStatus,
  KeyVersion,
} from "../../../shared/encryption-types"
import { StateBadge } from "../state-badge"
import { PlainTable } from "../plain-table"

type KeyVersionsProps = { status: EncryptionStatus; isBusy: boolean }

const COLUMNS = [
  "Version",
  "State",
  "Key id",
  "In this process",
  "Stored values",
  "Sealed so far",
  "Registered",
  "Promoted",
  "Retired",
  "Actions",
]

const KID_LENGTH = 8

const numbers = new Intl.NumberFormat()

/** The keys that this store has had, and what still needs them. */
export const KeyVersions = ({ status, isBusy }: KeyVersionsProps) => (
  <Container className="overflow-hidden p-0">
    <div className="flex flex-col gap-y-1 px-6 py-4">
      <Heading level="h2">Key versions</Heading>
      <Text size="small" className="text-ui-fg-subtle">
        New secrets are encrypted with the active one. Keys come from the
        environment of your store; they are never shown here.
      </Text>
    </div>
    <PlainTable label="Key versions" columns={COLUMNS}>
      {status.keys.map((key) => (
        <KeyRow
          key={key.version}
          entry={key}
          activeVersion={status.active_version}
          isBusy={isBusy}
        />
      ))}
    </PlainTable>
  </Container>
)

type KeyRowProps = {
  entry: KeyVersion
  activeVersion: number
  isBusy: boolean
}

const KeyRow = ({ entry, activeVersion, isBusy }: KeyRowProps) => (
  <Table.Row className="[&_td]:whitespace-nowrap">
    <Table.Cell className="text-ui-fg-base">{entry.version}</Table.Cell>
    <Table.Cell>
      <StateBadge badge={KEY_STATES[entry.state]} fallback={entry.state} />
    </Table.Cell>
    <Table.Cell>
      {entry.kid ? (
        <code className="font-mono" title={entry.kid}>
          {entry.kid.slice(0, KID_LENGTH)}
        </code>
      ) : (
        "–"
      )}
    </Table.Cell>
    <Table.Cell>{entry.configured ? "Configured" : "Missing"}</Table.Cell>
    <Table.Cell>{storedValues(entry)}</Table.Cell>
    <Table.Cell>{numbers.format(entry.encrypt_count)}</Table.Cell>
    <Table.Cell>{formatDate(entry.created_at)}</Table.Cell>
    <Table.Cell>{formatDate(entry.promoted_at)}</Table.Cell>
    <Table.Cell>{formatDate(entry.retired_at)}</Table.Cell>
    <Table.Cell>
      <div className="flex gap-x-2">
        {canPromote(entry) && (
          <PromoteButton
            version={entry.version}
            activeVersion={activeVersion}
            isBusy={isBusy}
          />
        )}
        {canRetire(entry) && (
          <RetireButton version={entry.version} isBusy={isBusy} />
        )}
      </div>
    </Table.Cell>
  </Table.Row>
)

const storedValues = (key: KeyVersion): string => {
  const total = numbers.format(valuesUnder(key))
  return key.values.format_1 > 0
    ? `${total} (${numbers.format(key.values.format_1)} in format 1)`
    : total
}

type PromoteButtonProps = {
  version: number
  activeVersion: number
  isBusy: boolean
}

const PromoteButton = ({
  version,
  activeVersion,
  isBusy,
}: PromoteButtonProps) => {
  const promote = usePromoteKey()
  return (
    <KeyAction
      label="Promote"
      version={version}
      isBusy={isBusy}
      run={promote.mutateAsync}
      question={`New secrets are encrypted with version ${version} from now on. What is stored under version ${activeVersion} stays readable, and is re-encrypted when you say so. A process of your store that does not have version ${version} cannot read what the others write: make sure that all of them have it. You can go back by promoting version ${activeVersion} again.`}
      isReversible
      success={`Key version ${version} is active`}
      advice="Other processes follow within 30 seconds."
      failure="The key was not promoted"
    />
  )
}

type RetireButtonProps = { version: number; isBusy: boolean }

const RetireButton = ({ version, isBusy }: RetireButtonProps) => {
  const retire = useRetireKey()
  return (
    <KeyAction
      label="Retire"
      version={version}
      isBusy={isBusy}
      run={retire.mutateAsync}
      question="It will never encrypt or decrypt again, and its number cannot be given to another key. This cannot be taken back. Keep the key itself in its backup for as long as you keep backups of the database from its time."
      success={`Key version ${version} is retired`}
      advice="You can remove it from the environment of your store."
      failure="The key was not retired"
    />
  )
}

type KeyActionProps = {
  label: string
  version: number
  isBusy: boolean
  run: (version: number) => Promise<unknown>
  question: string
  isReversible?: boolean
  success: string
  advice: string
  failure: string
}

/** A button that asks before it does something to a key, and says what came of it. */
const KeyAction = ({
  label,
  version,
  isBusy,
  run,
  question,
  isReversible = false,
  success,
  advice,
  failure,
}: KeyActionProps) => {
  const prompt = usePrompt()

  const act = async () => {
    const confirmed = await prompt({
      title: `${label} key version ${version}?`,
      description: question,
      confirmText: label,
      cancelText: "Cancel",
      variant: isReversible ? "confirmation" : "danger",
    })
    if (!confirmed) {
      return
    }
    try {
      await run(version)
      toast.success(success, { description: advice })
    } catch (error) {
      toast.error(failure, { description: errorMessage(error) })
    }
  }

  return (
    <Button
      size="small"
      variant="secondary"
      disabled={isBusy}
      aria-label={`${label} key version ${version}`}
      onClick={() => void act()}
    >
      {label}
    </Button>
  )
}
