import { SectionRow } from "@medusajs/dashboard/components"
import { formatDateTime } from "../../lib/format"
import type { SocialPost } from "../../../shared/post-types"
import { Section } from "../section"

type PostFactsProps = { post: SocialPost }

/** When a post was written, is planned and went out. */
export const PostFacts = ({ post }: PostFactsProps) => (
  <Section title="Dates">
    <SectionRow title="Planned for" value={formatDateTime(post.scheduled_at)} />
    <SectionRow title="Published" value={formatDateTime(post.published_at)} />
    <SectionRow title="Created" value={formatDateTime(post.created_at)} />
    <SectionRow title="Last change" value={formatDateTime(post.updated_at)} />
  </Section>
)
