import { SectionRow } from "@medusajs/dashboard/components"
import { Text } from "@medusajs/ui"
import { Link } from "react-router-dom"
import type { SocialMedia } from "../../../shared/post-types"
import { codecInWords, typeInWords } from "../../../shared/post-rules/words"
import { formatDate, formatDateTime } from "../../lib/format"
import {
  MEDIA_KIND_LABELS,
  mediaFacts,
  pathOfUse,
  titleOfUse,
} from "../../lib/media"
import { Section } from "../section"

type MediaFactsProps = { media: SocialMedia }

/** What was found in a file. */
export const MediaFacts = ({ media }: MediaFactsProps) => {
  const { video_codec, audio_codec } = media
  return (
    <Section title="File">
      <SectionRow
        title="Type"
        value={`${MEDIA_KIND_LABELS[media.kind]} (${typeInWords(media.content_type)})`}
      />
      <SectionRow title="Size" value={mediaFacts(media)} />
      {video_codec && (
        <SectionRow
          title="Codecs"
          value={[video_codec, audio_codec]
            .flatMap((codec) => (codec ? codecInWords(codec) : []))
            .join(", ")}
        />
      )}
      <SectionRow title="Added" value={formatDateTime(media.created_at)} />
    </Section>
  )
}

/** What uses a file, and how long it stays where nothing does. */
export const MediaUses = ({
  media: { uses, removed_after },
}: MediaFactsProps) => (
  <Section title="Used by">
    {uses.length > 0 ? (
      <ul className="divide-y">
        {uses.map((use) => (
          <li key={use.id}>
            <Link
              to={pathOfUse(use)}
              className="hover:bg-ui-bg-base-hover focus-visible:shadow-borders-focus transition-fg txt-compact-small-plus text-ui-fg-base block truncate px-6 py-3 outline-none"
            >
              {titleOfUse(use)}
            </Link>
          </li>
        ))}
      </ul>
    ) : (
      <Text size="small" className="text-ui-fg-subtle px-6 py-4">
        Nothing uses this file.
        {removed_after &&
          ` It is removed after ${formatDate(removed_after)}, unless something does until then.`}
      </Text>
    )}
  </Section>
)
