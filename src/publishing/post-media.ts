import type { MedusaContainer } from "@medusajs/framework/types"
import { socialsModule } from "../credentials/modules"
import { openMedia } from "../http/media"
import type { Media } from "../providers/publication"
import type { PostMedia } from "./post-content"

const ANY_IMAGE = ["image/png", "image/jpeg", "image/gif", "image/webp"]

/** The files of a part, as a provider reads them. */
export const mediaOf = async (
  container: MedusaContainer,
  media: PostMedia[]
): Promise<Media[]> => {
  const { allow_private_networks } = await socialsModule(container).getOptions()
  return media.map(({ url, alt_text }) => {
    const open = async () => {
      const file = await openMedia({
        url,
        alt_text,
        allowed_types: ANY_IMAGE,
        max_bytes: 5 * 1024 * 1024,
        networks: allow_private_networks,
      })
      const { content_type } = file
      if (file.size !== null) {
        return { stream: file.stream, size: file.size, content_type }
      }
      const whole = new Response(await new Response(file.stream).arrayBuffer())
      const { byteLength: size } = await whole.clone().arrayBuffer()
      return { stream: whole.body!, size, content_type }
    }
    const self: Media = {
      id: url,
      name: url,
      kind: "image",
      content_type: "image/jpeg",
      bytes: 0,
      width: null,
      height: null,
      duration_ms: null,
      alt_text,
      poster: null,
      open,
      range: open,
      publicUrl: async () => url,
      as: async () => self,
    }
    return self
  })
}
