import { useMutation } from "@tanstack/react-query"
import type { SocialMedia } from "../../shared/post-types"
import type { FormMedia } from "../lib/account-content"
import { sdk } from "../lib/sdk"

/** Where an admin sees a file; networks get an address of their own. */
const contentAddress = (id: string): string =>
  new URL(
    `/admin/social-media/${id}/content`,
    new URL(__BACKEND_URL__ || "/", window.location.origin)
  ).href

/**
 * Puts images into the media library, one after the other. Each is streamed,
 * and refused at once with what is wrong with it.
 *
 * @returns a mutation that takes files and resolves to what a post has of them
 */
export const useUploadMedia = () =>
  useMutation({
    mutationFn: async (files: File[]): Promise<FormMedia> => {
      const media: FormMedia = []
      for (const file of files) {
        const { social_media } = await sdk.client.fetch<{
          social_media: SocialMedia
        }>("/admin/social-media/upload", {
          method: "PUT",
          query: { name: file.name },
          headers: { "content-type": file.type || "application/octet-stream" },
          body: file,
        })
        const { id } = social_media
        media.push({ url: contentAddress(id), media_id: id, alt_text: "" })
      }
      return media
    },
    gcTime: 0,
  })
