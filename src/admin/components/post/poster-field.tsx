import { Button, Input, Label, Text, toast } from "@medusajs/ui"
import { useId, useState } from "react"
import { useSetPoster } from "../../hooks/use-media"
import { errorMessage } from "../../lib/errors"
import { mediaAddress } from "../../lib/media"
import { durationInWords } from "../../../shared/post-rules/words"
import type { SocialMedia } from "../../../shared/post-types"
import { MediaPreview } from "../media-preview"
import { MediaUploads } from "./media-uploads"

type PosterFieldProps = {
  video: SocialMedia
  /** Kind and number, as in "video 1". */
  name: string
}

/** Chooses what a video shows before it plays: a moment of it, or a picture. */
export const PosterField = ({ video, name }: PosterFieldProps) => {
  const id = useId()
  const [isOpen, setIsOpen] = useState(false)
  const [seconds, setSeconds] = useState("")
  const { set, isPending } = useChoosePoster(video.id)
  const { poster } = video
  const atMs = Math.round(Number(seconds) * 1000)

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
          {posterWords(poster)}
        </Text>
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
                max={(video.duration_ms ?? 0) / 1000}
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
              onClick={() => void set({ at_ms: atMs })}
            >
              Use this moment
            </Button>
          </div>
          <MediaUploads
            accept="image/*"
            label="Upload a picture as the cover"
            onUploaded={({ id: media_id }) => void set({ media_id })}
          />
        </div>
      )}
    </div>
  )
}

const posterWords = (poster: SocialMedia["poster"]): string => {
  if (!poster) {
    return "The network chooses the cover."
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
