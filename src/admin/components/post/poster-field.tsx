import { Button, Input, Label, Text, toast } from "@medusajs/ui"
import { useId, useState } from "react"
import { useSetPoster } from "../../hooks/use-media"
import { errorMessage } from "../../lib/errors"
import { mediaAddress } from "../../lib/media"
import { durationInWords } from "../../../shared/post-rules/words"
import type { PosterKind } from "../../../shared/post-rules/limits"
import type { SocialMedia } from "../../../shared/post-types"
import { MediaPreview } from "../media-preview"
import { MediaUploads } from "./media-uploads"

type PosterFieldProps = {
  video: SocialMedia
  /** Kind and number, as in "video 1". */
  name: string
  /** What the chosen accounts take. */
  kinds: readonly PosterKind[]
}

/** Chooses what a video shows before it plays: a moment of it, or a picture. */
export const PosterField = ({ video, name, kinds }: PosterFieldProps) => {
  const [isOpen, setIsOpen] = useState(false)
  const { set, isPending } = useChoosePoster(video.id)
  const { poster } = video

  return (
    <div className="flex w-full flex-col gap-y-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {poster && "media_id" in poster && (
          <MediaPreview
            address={mediaAddress({ url: "", ...poster })}
            kind="image"
            alt={`Cover of ${name}`}
            className="size-8"
          />
        )}
        <Text size="xsmall" className="text-ui-fg-subtle">
          {posterWords(poster, kinds)}
        </Text>
        {kinds.length > 0 && (
          <Button
            type="button"
            size="small"
            variant="transparent"
            aria-expanded={isOpen}
            aria-label={`Choose the cover of ${name}`}
            onClick={() => setIsOpen(!isOpen)}
          >
            {isOpen ? "Close" : "Choose a cover"}
          </Button>
        )}
        {poster && (
          <Button
            type="button"
            size="small"
            variant="transparent"
            isLoading={isPending}
            onClick={() => void set(null)}
          >
            Remove the cover
          </Button>
        )}
      </div>
      {isOpen && (
        <div className="flex flex-col gap-y-3">
          {kinds.includes("moment") && (
            <MomentInput
              duration_ms={video.duration_ms ?? 0}
              isPending={isPending}
              onChoose={(at_ms) => void set({ at_ms })}
            />
          )}
          {kinds.includes("picture") && (
            <MediaUploads
              accept="image/*"
              label="Upload a picture as the cover"
              onUploaded={({ id: media_id }) => void set({ media_id })}
            />
          )}
        </div>
      )}
    </div>
  )
}

type MomentInputProps = {
  /** Of the video. */
  duration_ms: number
  isPending: boolean
  onChoose: (atMs: number) => void
}

const MomentInput = ({
  duration_ms,
  isPending,
  onChoose,
}: MomentInputProps) => {
  const id = useId()
  const [seconds, setSeconds] = useState("")
  const atMs = Math.round(Number(seconds) * 1000)

  return (
    <div className="flex flex-wrap items-end gap-2">
      <div className="flex flex-col gap-y-1">
        <Label htmlFor={id} size="xsmall">
          A moment of the video, in seconds
        </Label>
        <Input
          id={id}
          size="small"
          type="number"
          min={0}
          max={duration_ms / 1000}
          step="any"
          value={seconds}
          onChange={({ target }) => setSeconds(target.value)}
        />
      </div>
      <Button
        type="button"
        size="small"
        variant="secondary"
        disabled={isPending || seconds === "" || !(atMs >= 0)}
        onClick={() => onChoose(atMs)}
      >
        Use this moment
      </Button>
    </div>
  )
}

const posterWords = (
  poster: SocialMedia["poster"],
  kinds: readonly PosterKind[]
): string => {
  if (!poster) {
    return kinds.length
      ? "The network chooses the cover."
      : "The network chooses the cover: none of the accounts takes one."
  }
  return "at_ms" in poster
    ? `The cover is the moment at ${durationInWords(poster.at_ms / 1000)}.`
    : "The cover is a picture of its own."
}

const useChoosePoster = (videoId: string) => {
  const { mutateAsync, isPending } = useSetPoster(videoId)

  const set = async (poster: SocialMedia["poster"]) => {
    try {
      await mutateAsync(poster)
    } catch (error) {
      toast.error("The cover was not saved", {
        description: errorMessage(error),
      })
    }
  }

  return { set, isPending }
}
