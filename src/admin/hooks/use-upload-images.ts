import { useMutation } from "@tanstack/react-query"
import { sdk } from "../lib/sdk"

/**
 * Stores images with the application's own file service.
 *
 * @returns a mutation that takes files and resolves to their addresses
 */
export const useUploadImages = () =>
  useMutation({
    mutationFn: async (files: File[]) => {
      const response = await sdk.admin.upload.create({ files })
      return response.files.map(({ url }) => url)
    },
    gcTime: 0,
  })
