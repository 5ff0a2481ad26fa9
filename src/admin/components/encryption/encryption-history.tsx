import { Table } from "@medusajs/ui"
import { useEncryptionEvents } from "../../hooks/use-encryption"
import { eventText } from "../../lib/encryption-words"
import type { EncryptionEvent } from "../../../shared/encryption-types"
import { Section } from "../section"
import { PlainTable } from "../plain-table"

/** What was done with keys lately, and by whom. */
export const EncryptionHistory = () => {
  const { data } = useEncryptionEvents()
  if (!data?.events.length) {
    return null
  }
  return (
    <Section title="History">
      <PlainTable label="History of the keys" columns={["When", "What", "Who"]}>
        {data.events.map((event) => (
          <EventRow key={event.id} event={event} />
        ))}
      </PlainTable>
    </Section>
  )
}

const EventRow = ({ event }: { event: EncryptionEvent }) => (
  <Table.Row>
    <Table.Cell className="whitespace-nowrap">
      {new Date(event.created_at).toLocaleString()}
    </Table.Cell>
    <Table.Cell>{eventText(event)}</Table.Cell>
    <Table.Cell>{event.actor_id ?? "The store itself"}</Table.Cell>
  </Table.Row>
)
