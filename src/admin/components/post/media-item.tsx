import { ArrowDownMini, ArrowUpMini, Trash } from "@medusajs/icons"
import { IconButton, Input, Label, Text } from "@medusajs/ui"
import { useEffect, useId, useRef } from "react"
import { isFocusLost } from "../../hooks/use-focus-when-lost"
import type { FormMedia } from "../../lib/account-content"
import { mediaAddress, mediaFacts, mediaKind } from "../../lib/media"
import type { PosterKind } from "../../../shared/post-rules/limits"
import type { SocialMedia } from "../../../shared/post-types"
import { MediaPreview } from "../media-preview"
import { PosterField } from "./poster-field"

type MediaItemProps = {
  item: FormMedia[number]
  /** What the library knows of it, where it is there. */
  file: SocialMedia | undefined
  /** Kind and number, as in "image 1". */
  name: string
  /** What a video's cover may be. */
  posters: readonly PosterKind[]
  place: { isFirst: boolean; isLast: boolean }
  onDescribe: (altText: string) => void
  onMove: (by: 1 | -1) => void
  onRemove: () => void
}

/** One file of a post. */
export const MediaItem = ({
  item,
  file,
  name,
  posters,
  place,
  onDescribe,
  onMove,
  onRemove,
}: MediaItemProps) => {
  const id = useId()
  const kind = mediaKind(item.url, file)
  const atMs = file?.poster && "at_ms" in file.poster ? file.poster.at_ms : 0

  return (
    <div className="bg-ui-bg-component shadow-elevation-card-rest flex flex-wrap items-center gap-3 rounded-lg p-3">
      <MediaPreview
        address={mediaAddress(item)}
        kind={kind}
        alt=""
        atMs={atMs}
        className="size-16"
      />
      <div className="flex min-w-[160px] flex-1 flex-col gap-y-1">
        <Label htmlFor={id} size="xsmall">
          Alternative text for {name}
        </Label>
        <Input
          id={id}
          size="small"
          value={item.alt_text}
          onChange={(event) => onDescribe(event.target.value)}
          placeholder={`What the ${name.split(" ")[0]} shows`}
        />
        {file && (
          <Text size="xsmall" className="text-ui-fg-subtle break-words">
            {file.name}: {mediaFacts(file)}
          </Text>
        )}
      </div>
      <div className="flex">
        <MoveButtons name={name} place={place} onMove={onMove} />
        <IconButton
          type="button"
          size="small"
          variant="transparent"
          aria-label={`Remove ${name}`}
          onClick={onRemove}
        >
          <Trash />
        </IconButton>
      </div>
      {file?.kind === "video" && (
        <PosterField video={file} name={name} kinds={posters} />
      )}
    </div>
  )
}

type MoveButtonsProps = Pick<MediaItemProps, "name" | "place" | "onMove">

const MoveButtons = ({
  name,
  place: { isFirst, isLast },
  onMove,
}: MoveButtonsProps) => {
  const up = useRef<HTMLButtonElement>(null)
  const down = useRef<HTMLButtonElement>(null)
  const pressed = useRef<1 | -1 | null>(null)

  // Moving takes the focus away from what moved; at the end its button is off.
  useEffect(() => {
    if (pressed.current !== null && isFocusLost()) {
      const wanted = pressed.current === -1 ? up.current : down.current
      const other = pressed.current === -1 ? down.current : up.current
      const button = wanted?.disabled ? other : wanted
      button?.focus()
    }
    pressed.current = null
  }, [name])

  const move = (by: 1 | -1) => {
    pressed.current = by
    onMove(by)
  }

  return (
    <>
      <IconButton
        ref={up}
        type="button"
        size="small"
        variant="transparent"
        aria-label={`Move ${name} up`}
        disabled={isFirst}
        onClick={() => move(-1)}
      >
        <ArrowUpMini />
      </IconButton>
      <IconButton
        ref={down}
        type="button"
        size="small"
        variant="transparent"
        aria-label={`Move ${name} down`}
        disabled={isLast}
        onClick={() => move(1)}
      >
        <ArrowDownMini />
      </IconButton>
    </>
  )
}
