import { SectionRow } from "@medusajs/dashboard/components"
import { READING_POLICIES, WRITING_POLICIES } from "../../lib/encryption-words"
import type {
  EncryptionStatus,
  PolicyFloor,
} from "../../../shared/encryption-types"
import { Section } from "../section"

type EncryptionPolicyProps = { status: EncryptionStatus }

/** What is accepted now, and the least that any configuration may allow. */
export const EncryptionPolicy = ({
  status: { policy, floor },
}: EncryptionPolicyProps) => (
  <Section title="Policy">
    <SectionRow title="Reading" value={READING_POLICIES[policy.reading]} />
    <SectionRow title="Writing" value={WRITING_POLICIES[policy.writing]} />
    <SectionRow
      title="Accepted formats"
      value={acceptedFormats(policy.minimum_envelope_format)}
    />
    <SectionRow
      title="Locked minimum"
      value={
        floor ? floorText(floor) : "Not set: the configuration alone decides"
      }
    />
  </Section>
)

const acceptedFormats = (minimum: 1 | 2): string =>
  minimum === 2 ? "Format 2 only" : "Formats 1 and 2"

const floorText = ({ reading, minimum_envelope_format }: PolicyFloor): string =>
  `${READING_POLICIES[reading]}; ${acceptedFormats(minimum_envelope_format).toLowerCase()}`
