import { Button, Input, Label, Text, toast } from "@medusajs/ui"
import { useId, useState } from "react"
import { useResolvePublication } from "../../hooks/use-social-posts"
import { errorMessage } from "../../lib/errors"
import type { SocialPublication } from "../../../shared/post-types"

type ResolveUnknownProps = {
  postId: string
  publication: SocialPublication
  /** The service, as a person knows it. */
  service: string
}

/** Lets a person say what became of a publication that nobody can tell. */
export const ResolveUnknown = ({
  postId,
  publication,
  service,
}: ResolveUnknownProps) => {
  const id = useId()
  const [url, setUrl] = useState("")
  const resolve = useResolvePublication(postId, publication.id)

  const decide = async (outcome: "published" | "not_published") => {
    try {
      await resolve.mutateAsync({
        outcome,
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
        There was no response, so nobody knows whether this was published. It is
        not published again by itself, because it could appear twice.{" "}
        {publication.next_attempt_at
          ? `It is looked up at ${service} at the time above; the button at the top does it now.`
          : `The button at the top looks it up at ${service} once more.`}{" "}
        Or look there, and say what you see.
      </Text>
      <div className="flex flex-col gap-y-1">
        <Label htmlFor={id} size="xsmall">
          Address of the published post (optional)
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
