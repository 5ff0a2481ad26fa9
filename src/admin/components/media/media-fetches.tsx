import { Table, Text } from "@medusajs/ui"
import type { SocialMedia } from "../../../shared/post-types"
import { formatDateTime } from "../../lib/format"
import { fetcherName, fetchOutcome } from "../../lib/media"
import { PlainTable } from "../plain-table"
import { Section } from "../section"

type MediaFetchesProps = Pick<SocialMedia, "fetches">

/** Who came for a file at its public address, the last one first. */
export const MediaFetches = ({ fetches }: MediaFetchesProps) => (
  <Section title="Fetched by networks">
    {fetches?.length ? (
      <PlainTable
        label="Fetched by networks"
        columns={["When", "Who", "What became of it"]}
      >
        {fetches.map((fetch, index) => (
          <Table.Row key={`${fetch.at}-${index}`}>
            <Table.Cell className="whitespace-nowrap">
              <time dateTime={fetch.at}>{formatDateTime(fetch.at)}</time>
            </Table.Cell>
            <Table.Cell title={fetch.user_agent ?? undefined}>
              {fetcherName(fetch.user_agent)}
            </Table.Cell>
            <Table.Cell>{fetchOutcome(fetch)}</Table.Cell>
          </Table.Row>
        ))}
      </PlainTable>
    ) : (
      <Text size="small" className="text-ui-fg-subtle px-6 py-4">
        No network has ever come for this file. Those that fetch files, such as
        Instagram and Threads, cannot have seen it; to the others it is sent.
      </Text>
    )}
  </Section>
)
