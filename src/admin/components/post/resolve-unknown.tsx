import { Button, Input, Label, Text, toast } from "@medusajs/ui"
import { useId, useState } from "react"
import { useResolvePublication } from "../../hooks/use-social-posts"
import { errorMessage } from "../../lib/errors"
import { partInDoubt } from "../../lib/post-state"
import type { SocialPost, SocialPublication } from "../../../shared/post-types"
import { ExternalLink } from "../external-link"

type ResolveUnknownProps = {
  post: SocialPost
  publication: SocialPublication
  /** The service, as a person knows it. */
  service: string
}

/** Lets a person say what became of a publication that nobody can tell. */
export const ResolveUnknown = ({
  post,
  publication,
  service,
}: ResolveUnknownProps) => {
  const id = useId()
  const [url, setUrl] = useState("")
  const resolve = useResolvePublication(post.id, publication.id)
  const isHandedOver = publication.state === "handed_over"
  const { part, total } = partInDoubt(post, publication)
  const isFollowed = !isHandedOver && part < total - 1

  const decide = async (outcome: "published" | "not_published") => {
    try {
      await resolve.mutateAsync({
        outcome,
        ...(!isHandedOver && { part }),
        ...(outcome === "published" && url.trim()
          ? { external_url: url.trim() }
          : {}),
      })
      toast.success(
        outcome === "published"
          ? "Marked as published"
          : "Marked as not published"
      )
    } catch (error) {
      toast.error("Your answer was not saved", {
        description: errorMessage(error),
      })
    }
  }

  return (
    <div className="bg-ui-bg-subtle flex flex-col gap-y-3 rounded-lg p-4">
      <Text size="small" className="text-ui-fg-base">
        {questionOf(publication, service, total > 1 ? part : null)}
      </Text>
      {publication.waiting?.url && (
        <ExternalLink
          href={publication.waiting.url}
          className="txt-compact-small w-fit"
        >
          Finish it at {service}
        </ExternalLink>
      )}
      <div className="flex flex-col gap-y-1">
        <Label htmlFor={id} size="xsmall">
          {isFollowed
            ? `Address of part ${part + 1}, which part ${part + 2} may need to follow it`
            : "Address of the published post (optional)"}
        </Label>
        <Input
          id={id}
          size="small"
          type="url"
          value={url}
          placeholder="https://"
          onChange={(event) => setUrl(event.target.value)}
        />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          type="button"
          size="small"
          variant="secondary"
          disabled={resolve.isPending}
          onClick={() => void decide("published")}
        >
          It was published
        </Button>
        <Button
          type="button"
          size="small"
          variant="secondary"
          disabled={resolve.isPending}
          onClick={() => void decide("not_published")}
        >
          It was not published
        </Button>
      </div>
    </div>
  )
}

const questionOf = (
  { state, next_attempt_at }: SocialPublication,
  service: string,
  /** Of several the one that is in doubt, from 0. */
  part: number | null
): string => {
  if (state === "handed_over") {
    return `It is not public yet. Finish it in the app of ${service}, then say here what became of it.`
  }
  const lookUp = next_attempt_at
    ? `It is looked up at ${service} at the time above; the button at the top does it now.`
    : `The button at the top looks it up at ${service} once more.`
  return `There was no response, so nobody knows whether ${part === null ? "this" : `part ${part + 1}`} was published. It is not published again by itself, because it could appear twice. ${lookUp} Or look there, and say what you see.`
}
