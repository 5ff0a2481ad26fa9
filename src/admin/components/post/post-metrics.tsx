import { Text } from "@medusajs/ui"
import { usePostMetrics } from "../../hooks/use-metrics"
import {
  usePostPlatforms,
  type Destination,
} from "../../hooks/use-post-platforms"
import { errorMessage } from "../../lib/errors"
import { ageInWords } from "../../lib/figures"
import { formatDateTime } from "../../lib/format"
import type {
  MetricSeries,
  SocialPost,
  SocialPublication,
} from "../../../shared/post-types"
import { AccountName } from "../account-name"
import { Figures } from "../figures"
import { Section } from "../section"
import { GONE } from "./post-publications"

type PostMetricsProps = { post: SocialPost }

/** What services told of a post since it went out; nothing before that. */
export const PostMetrics = ({ post }: PostMetricsProps) => {
  const destinationOf = usePostPlatforms(post)
  const published = post.publications.filter(
    ({ state }) => state === "published"
  )
  const { data, error } = usePostMetrics(
    post.id,
    published.map(({ id }) => id)
  )
  if (published.length === 0) {
    return null
  }
  return (
    <Section title="Figures">
      {error && (
        <Text size="small" role="alert" className="text-ui-fg-subtle px-6 py-4">
          The figures could not be loaded. {errorMessage(error)}
        </Text>
      )}
      {data && (
        <ul className="divide-y">
          {published.map((publication) => (
            <li
              key={publication.id}
              className="flex flex-col gap-y-3 px-6 py-4"
            >
              <AccountName account={publication.account ?? GONE} />
              <PublicationFigures
                publication={publication}
                destination={destinationOf(publication)}
                told={data.metrics.find(
                  ({ publication_id }) => publication_id === publication.id
                )}
              />
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

type PublicationFiguresProps = {
  publication: SocialPublication
  destination: Destination
  /** Absent for what went out after it was asked. */
  told: MetricSeries | undefined
}

const PublicationFigures = ({
  publication,
  destination,
  told = { next_at: null, series: [] },
}: PublicationFiguresProps) => {
  const { account, published_at } = publication
  const news = newsOf(told, publication, destination)

  return (
    <>
      {told.series.length > 0 && (
        <Figures
          label={`Figures on ${account?.name ?? GONE.name}`}
          series={told.series}
          when={(measuredAt) =>
            published_at
              ? ageInWords(measuredAt, published_at)
              : formatDateTime(measuredAt)
          }
        />
      )}
      {news && (
        <Text size="small" className="text-ui-fg-subtle">
          {news}
        </Text>
      )}
    </>
  )
}

/** When more is to be expected, or why there is nothing. */
const newsOf = (
  { next_at, series }: MetricSeries,
  { removed_at }: SocialPublication,
  { provider, service }: Destination
): string | null => {
  if (series.length > 0) {
    return next_at ? `The next figures come ${formatDateTime(next_at)}.` : null
  }
  if (provider?.capabilities.insights === false) {
    return `${service} tells no figures of posts.`
  }
  if (removed_at) {
    return "It was removed before there were figures."
  }
  return next_at
    ? `The first figures come ${formatDateTime(next_at)}.`
    : `The first figures come an hour after the post went out, if ${service} tells any.`
}
