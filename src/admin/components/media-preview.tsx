import { clx } from "@medusajs/ui"
import type { MediaKind } from "../../shared/post-rules/limits"

type MediaPreviewProps = {
  address: string
  kind: MediaKind
  alt: string
  /** Of a video, the moment that it shows, in ms. */
  atMs?: number
  className?: string
}

/** A file of a post, small. */
export const MediaPreview = ({
  address,
  kind,
  alt,
  atMs = 0,
  className,
}: MediaPreviewProps) => {
  const look = clx(
    "bg-ui-bg-subtle shrink-0 rounded-md object-cover",
    className
  )
  if (kind === "video") {
    return (
      <video
        // A video that shows another moment is another address.
        key={atMs}
        src={`${address}#t=${atMs / 1000}`}
        aria-label={alt || "Video"}
        muted
        preload="metadata"
        className={look}
      />
    )
  }
  if (kind === "document") {
    return (
      <span
        className={clx(
          look,
          "txt-compact-small flex items-center justify-center"
        )}
      >
        PDF
      </span>
    )
  }
  return <img src={address} alt={alt} className={look} />
}
