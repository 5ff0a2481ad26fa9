import { Table, Text } from "@medusajs/ui"
import { useEncryptionDoctor } from "../../hooks/use-encryption"
import { DOCTOR_SEVERITIES } from "../../lib/encryption-words"
import type {
  DoctorFinding,
  KeyProcess,
} from "../../../shared/encryption-types"
import { Section } from "../section"
import { StateBadge } from "../state-badge"
import { PlainTable } from "../plain-table"

/** What is wrong with keys and stored secrets, what to do next, and which process has which keys. */
export const EncryptionDoctor = () => {
  const { data } = useEncryptionDoctor()
  if (!data) {
    return null
  }
  const { findings, processes } = data.doctor

  return (
    <Section title="Doctor">
      {findings.length === 0 ? (
        <Text size="small" className="text-ui-fg-subtle px-6 py-4">
          Keys, processes and stored secrets are as they should be.
        </Text>
      ) : (
        <ul aria-label="Findings of the doctor" className="divide-y">
          {findings.map((finding) => (
            <FindingRow
              key={`${finding.code} ${finding.message}`}
              finding={finding}
            />
          ))}
        </ul>
      )}
      <PlainTable
        label="Running processes"
        columns={["Process", "Key versions", "Seen"]}
      >
        {processes.map((process) => (
          <ProcessRow key={process.id} process={process} />
        ))}
      </PlainTable>
    </Section>
  )
}

const FindingRow = ({ finding }: { finding: DoctorFinding }) => (
  <li className="flex flex-col gap-y-1 px-6 py-4">
    <div className="flex flex-wrap items-center gap-2">
      <StateBadge badge={DOCTOR_SEVERITIES[finding.severity]} fallback="" />
      <Text size="small" weight="plus" className="text-ui-fg-base text-pretty">
        {finding.message}
      </Text>
    </div>
    <Text size="small" className="text-ui-fg-subtle text-pretty">
      {finding.next}
    </Text>
  </li>
)

const ProcessRow = ({ process }: { process: KeyProcess }) => (
  <Table.Row>
    <Table.Cell>
      {process.pid} on {process.host}
    </Table.Cell>
    <Table.Cell>
      {process.keys.map(({ version }) => version).join(", ")}
      {process.refusal ? " (encrypts nothing)" : ""}
    </Table.Cell>
    <Table.Cell className="whitespace-nowrap">
      {process.seconds_ago} s ago
    </Table.Cell>
  </Table.Row>
)
