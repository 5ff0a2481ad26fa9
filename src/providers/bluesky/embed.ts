import { isServiceError } from "../../errors/service-error"
import type { Json, Media, Progress, PublishJob } from "../publication"
import type { ProviderContext } from "../types"
import { MAX_IMAGE_BYTES, MAX_THUMB_BYTES } from "./limits"
import { malformed } from "./session"
import { type Blob, BLOB_LIFE_MS, prepareVideo } from "./video"

export type Embed = { readonly [name: string]: Json | undefined }

/** No picture is shown larger there. */
const MAX_SIDE = 2000
const MAX_THUMB_SIDE = 1200

const uploadImage = async (
  { request }: ProviderContext,
  image: Media
): Promise<Blob> => {
  const upload = async () =>
    request<{ blob?: Blob }>("/xrpc/com.atproto.repo.uploadBlob", {
      method: "POST",
      body: await image.open(),
    })
  const { blob } = await upload().catch((error: unknown) => {
    // The stream is gone when the server asks for its newest nonce.
    if (!isServiceError(error) || error.code !== "use_dpop_nonce") {
      throw error
    }
    return upload()
  })
  if (!blob) {
    throw malformed("the uploaded image")
  }
  return blob
}

const ratioOf = ({ width, height }: Media): Json | undefined =>
  width && height ? { width, height } : undefined

const imagesEmbed = async (
  context: ProviderContext,
  job: PublishJob,
  part: number,
  media: readonly Media[]
): Promise<Embed> => {
  const images: Json[] = []
  for (const original of media) {
    const image = await job.step(
      `image ${part}.${images.length}`,
      async () => {
        const fitting = await original.as({
          format: "jpeg",
          max_bytes: MAX_IMAGE_BYTES,
          max_width: MAX_SIDE,
          max_height: MAX_SIDE,
          strip_metadata: true,
        })
        return {
          image: await uploadImage(context, fitting),
          aspectRatio: ratioOf(fitting),
        }
      },
      { validForMs: BLOB_LIFE_MS }
    )
    images.push({ ...image, alt: original.alt_text ?? "" })
  }
  return { $type: "app.bsky.embed.images", images }
}

const linkEmbed = async (
  context: ProviderContext,
  job: PublishJob,
  { url, title, description, image }: NonNullable<PublishJob["link"]>
): Promise<Embed> => {
  const thumb =
    image &&
    (await job.step(
      "thumb",
      async () =>
        uploadImage(
          context,
          await image.as({
            format: "jpeg",
            max_bytes: MAX_THUMB_BYTES,
            max_width: MAX_THUMB_SIDE,
            max_height: MAX_THUMB_SIDE,
            strip_metadata: true,
          })
        ),
      { validForMs: BLOB_LIFE_MS }
    ))
  return {
    $type: "app.bsky.embed.external",
    external: {
      uri: url,
      title: title ?? new URL(url).hostname,
      description: description ?? "",
      ...(thumb && { thumb }),
    },
  }
}

/**
 * What a part carries besides its text: images, a video, or the link's card.
 *
 * @returns the record's `embed`, if it has one, or what has to be waited for
 */
export const prepareEmbed = async (
  context: ProviderContext,
  job: PublishJob,
  index: number
): Promise<{ embed?: Embed } | Progress> => {
  const { media } = job.parts[index]
  const [first] = media
  if (first?.kind === "video") {
    const video = await prepareVideo(context, job, `video ${index}`, first)
    return "state" in video
      ? video
      : {
          embed: {
            $type: "app.bsky.embed.video",
            video: video.blob,
            alt: first.alt_text ?? undefined,
            aspectRatio: ratioOf(first),
          },
        }
  }
  if (first) {
    return { embed: await imagesEmbed(context, job, index, media) }
  }
  return index === 0 && job.link
    ? { embed: await linkEmbed(context, job, job.link) }
    : {}
}
