import { Alert, Text } from "@medusajs/ui"
import { Link } from "react-router-dom"
import {
  usePostPlatforms,
  type Destination,
} from "../../hooks/use-post-platforms"
import { formatDateTime } from "../../lib/format"
import { publicationBadge } from "../../lib/labels"
import {
  canComment,
  canEdit,
  canEditPublication,
  canRemove,
  commentsOf,
  type PublicationComment,
} from "../../lib/post-state"
import { publicationFacts } from "../../lib/publication-facts"
import { publicationTrouble } from "../../lib/publication-trouble"
import type { SocialPost, SocialPublication } from "../../../shared/post-types"
import { AccountName } from "../account-name"
import { ExternalLink } from "../external-link"
import { Section } from "../section"
import { StateBadge } from "../state-badge"
import { CommentOnPublication } from "./comment-on-publication"
import { DropPublication } from "./drop-publication"
import { EditPublication } from "./edit-publication"
import { PublicationComments } from "./publication-comments"
import { RemovePublication } from "./remove-publication"
import { ResolveUnknown } from "./resolve-unknown"

type PostPublicationsProps = { post: SocialPost }

/** Stands for an account that is not there any more. */
export const GONE = {
  name: "Deleted account",
  username: null,
  avatar_url: null,
}

/** Where a post goes, and how it went there. */
export const PostPublications = ({ post }: PostPublicationsProps) => {
  const destinationOf = usePostPlatforms(post)

  return (
    <Section title="Publications">
      {post.publications.length === 0 ? (
        <Text size="small" className="text-ui-fg-subtle px-6 py-4">
          No account is chosen yet. Edit the post to choose some.
        </Text>
      ) : (
        <ul className="divide-y">
          {post.publications.map((publication) => (
            <li key={publication.id}>
              <Publication
                post={post}
                publication={publication}
                destination={destinationOf(publication)}
              />
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

type PublicationProps = {
  post: SocialPost
  publication: SocialPublication
  destination: Destination
}

const Publication = ({ post, publication, destination }: PublicationProps) => {
  const facts = publicationFacts(publication)
  const comments = commentsOf(post, publication)
  // Nothing else of it can be changed: it is out.
  const isOpenComment = comments.some(({ isOut }) => !isOut)

  return (
    <div className="flex flex-col gap-y-3 px-6 py-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <AccountName account={publication.account ?? GONE} />
        <div className="flex items-center gap-x-3">
          {publication.external_url && !publication.removed_at && (
            <ExternalLink
              href={publication.external_url}
              className="txt-compact-small"
            >
              View post
            </ExternalLink>
          )}
          <StateBadge
            badge={publicationBadge(publication)}
            fallback={publication.state}
          />
        </div>
      </div>
      {facts && (
        <Text size="small" className="text-ui-fg-subtle">
          {facts}
        </Text>
      )}
      {publication.last_error && publication.state !== "published" && (
        <PublicationError
          publication={publication}
          destination={destination}
          isEditable={canEdit(post)}
        />
      )}
      {publication.removed_by_network && !publication.removed_at && (
        <TakenDown
          removal={publication.removed_by_network}
          service={destination.service}
        />
      )}
      <PartLinks publication={publication} comments={comments} />
      {comments.length > 0 && !publication.removed_at && (
        <PublicationComments
          postId={post.id}
          publication={publication}
          comments={comments}
        />
      )}
      {canEditPublication(publication) && !isOpenComment && (
        <div className="flex items-center gap-x-2">
          <EditPublication
            post={post}
            publication={publication}
            service={destination.service}
          />
          {post.publications.length > 1 && !publication.external_id && (
            <DropPublication postId={post.id} publication={publication} />
          )}
        </div>
      )}
      <div className="flex items-center gap-x-2 empty:hidden">
        {canComment(publication) && (
          <CommentOnPublication
            post={post}
            publication={publication}
            service={destination.service}
          />
        )}
        {canRemove(publication) &&
          destination.provider?.capabilities.remove && (
            <RemovePublication
              postId={post.id}
              publication={publication}
              service={destination.service}
            />
          )}
      </div>
      {["unknown", "handed_over"].includes(publication.state) && (
        <ResolveUnknown
          post={post}
          publication={publication}
          service={destination.service}
        />
      )}
    </div>
  )
}

type PartLinksProps = {
  publication: SocialPublication
  /** What was added later is shown by itself. */
  comments: PublicationComment[]
}

/** What of a thread or of comments is out, each where it can be seen. */
const PartLinks = ({ publication, comments }: PartLinksProps) => {
  const parts = (publication.parts ?? []).filter(
    ({ part }) => !comments.some((comment) => comment.part === part)
  )
  if (parts.length < 2 || publication.removed_at) {
    return null
  }
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1">
      {parts.map(({ part, url }) => (
        <li key={part} className="txt-compact-small">
          {url ? (
            <ExternalLink href={url}>Part {part + 1}</ExternalLink>
          ) : (
            `Part ${part + 1} is out`
          )}
        </li>
      ))}
    </ul>
  )
}

type TakenDownProps = {
  removal: NonNullable<SocialPublication["removed_by_network"]>
  service: string
}

/** A post that its network has not any more, though nobody here removed it. */
const TakenDown = ({ removal: { reason, at }, service }: TakenDownProps) => (
  <Alert variant="error">
    <span className="flex flex-col gap-y-1">
      <span className="text-ui-fg-base font-medium">
        It is no longer at {service}, as seen {formatDateTime(at)}
      </span>
      <span className="break-words">{reason}</span>
      <span>Look there what happened. What you change needs a new post.</span>
    </span>
  </Alert>
)

type PublicationErrorProps = {
  publication: SocialPublication
  destination: Destination
  isEditable: boolean
}

const PublicationError = ({
  publication,
  destination,
  isEditable,
}: PublicationErrorProps) => {
  const trouble = publicationTrouble(publication, destination, isEditable)
  if (!trouble) {
    return null
  }
  const { title, detail, advice, mend } = trouble

  return (
    <Alert variant={publication.state === "failed" ? "error" : "warning"}>
      <span className="flex flex-col gap-y-1">
        <span className="text-ui-fg-base break-words font-medium">{title}</span>
        {detail && <span className="break-words">{detail}</span>}
        {advice && <span>{advice}</span>}
        {mend && (
          <Link
            to={mend.to}
            className="text-ui-fg-base w-fit underline underline-offset-2"
          >
            {mend.label}
          </Link>
        )}
      </span>
    </Alert>
  )
}
