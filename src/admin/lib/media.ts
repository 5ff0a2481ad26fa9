import { FetchError } from "@medusajs/js-sdk"
import { sizeInWords } from "../../shared/bytes"
import { kindByAddress } from "../../shared/post-rules/bare-media"
import type { MediaKind } from "../../shared/post-rules/limits"
import { durationInWords } from "../../shared/post-rules/words"
import type { MediaFetch, MediaUse, SocialMedia } from "../../shared/post-types"

const backendAddress = (path: string): URL =>
  new URL(path, new URL(__BACKEND_URL__ || "/", window.location.origin))

/**
 * Where an admin sees a file of a post; networks get an address of their own.
 *
 * @param media its address, and its id where it is in the library
 */
export const mediaAddress = ({
  url,
  media_id,
}: {
  url: string
  media_id?: string
}): string =>
  media_id
    ? backendAddress(
        `/admin/social-media/${encodeURIComponent(media_id)}/content`
      ).href
    : url

/**
 * What kind of file it is, as far as that is known.
 *
 * @param url its address
 * @param file what the library knows of it
 */
export const mediaKind = (
  url: string,
  file: Pick<SocialMedia, "kind"> | undefined
): MediaKind => file?.kind ?? kindByAddress(url)

/**
 * What was found in a file, in a line: `800 × 600 pixels, 12 s, 1.5 MB`.
 *
 * @param file as the library has it
 */
export const mediaFacts = ({
  width,
  height,
  duration_ms,
  bytes,
}: Pick<SocialMedia, "width" | "height" | "duration_ms" | "bytes">): string =>
  [
    width && height ? `${width} × ${height} pixels` : null,
    duration_ms ? durationInWords(Math.round(duration_ms / 100) / 10) : null,
    sizeInWords(bytes),
  ]
    .filter((fact) => fact !== null)
    .join(", ")

export const MEDIA_KIND_LABELS: Record<MediaKind, string> = {
  image: "Image",
  gif: "GIF",
  video: "Video",
  document: "Document",
}

/**
 * What uses a file, as a person knows it: `Autumn is here`, `Poster of walk.mp4`.
 *
 * @param use as the API has it
 */
export const titleOfUse = ({ kind, title }: MediaUse): string => {
  const [firstLine] = title.trim().split("\n")
  return kind === "post"
    ? firstLine || "Post without text"
    : `Poster of ${firstLine}`
}

/**
 * Where what uses a file is shown.
 *
 * @param use as the API has it
 */
export const pathOfUse = ({ kind, id }: MediaUse): string =>
  kind === "post" ? `/social-posts/${id}` : `/social-posts/media/${id}`

const FETCHERS: [pattern: RegExp, name: string][] = [
  [/facebook|meta-external|instagram|threads/i, "Meta"],
  [/tiktok|bytespider/i, "TikTok"],
  [/pinterest/i, "Pinterest"],
  [/linkedin/i, "LinkedIn"],
  [/google/i, "Google"],
]

/**
 * Who came for a file, by the name that it gives itself.
 *
 * @param userAgent of its request
 */
export const fetcherName = (userAgent: string | null): string =>
  FETCHERS.find(([pattern]) => pattern.test(userAgent ?? ""))?.[1] ??
  (userAgent || "Somebody without a name")

/**
 * What became of a request for a file.
 *
 * @param fetch as the API has it
 */
export const fetchOutcome = ({ method, status, bytes }: MediaFetch): string => {
  switch (status) {
    case 200:
    case 206:
      return method === "HEAD"
        ? "Asked what it is, without its content"
        : `Got ${status === 206 ? "a part: " : ""}${sizeInWords(bytes)}`
    case 410:
      return "Came too late: the address had expired"
    case 416:
      return "Asked for a part that is not there"
    default:
      return "The store could not read the file"
  }
}

/**
 * Puts a file into the media library. The browser reads it from the disk as it
 * sends it, and says how far it is, which `fetch` cannot.
 *
 * @param file as a person picked it
 * @param options `signal` breaks it off; `onProgress` hears how many bytes are sent
 * @returns what was found in it
 * @throws {FetchError} with the server's words, where the file is refused
 * @throws {TypeError} where the server cannot be reached
 * @throws {DOMException} `AbortError`
 */
export const uploadMedia = (
  file: File,
  {
    signal,
    onProgress,
  }: { signal: AbortSignal; onProgress: (sent: number) => void }
): Promise<SocialMedia> =>
  new Promise((resolve, reject) => {
    const address = backendAddress("/admin/social-media/upload")
    address.searchParams.set("name", file.name)
    const request = new XMLHttpRequest()
    request.open("PUT", address)
    request.withCredentials = true
    request.responseType = "json"
    request.setRequestHeader(
      "content-type",
      file.type || "application/octet-stream"
    )
    request.upload.onprogress = ({ loaded }) => onProgress(loaded)
    request.onload = () => {
      const { status, statusText, response } = request
      if (status === 200) {
        resolve((response as { social_media: SocialMedia }).social_media)
        return
      }
      const { message = "" } = (response ?? {}) as { message?: string }
      reject(new FetchError(message, statusText, status))
    }
    request.onerror = () => reject(new TypeError("The connection broke off."))
    request.onabort = () =>
      reject(new DOMException("It was cancelled.", "AbortError"))
    signal.addEventListener("abort", () => request.abort())
    request.send(file)
  })
