import { Readable } from "node:stream"
import { pipeline } from "node:stream/promises"
import type {
  IFileModuleService,
  MedusaContainer,
} from "@medusajs/framework/types"
import { Modules } from "@medusajs/framework/utils"
import { requireType } from "./content-type"
import { mediaLimits } from "./probe"
import { limited, measure, tooLarge } from "./streams"

/**
 * Stores a file with Medusa's file module as it comes in, without holding it in
 * memory. What networks do not take is refused at its first bytes.
 *
 * @param upload - its bytes, with what its sender says of it
 * @returns its id with the file module, and the digest of its bytes in hex
 * @throws {ServiceError} `content_rejected`; nothing stays behind
 */
export const storeUpload = async (
  container: MedusaContainer,
  upload: {
    name: string
    content_type: string
    /** What was announced; null where it was not. */
    bytes: number | null
    stream: AsyncIterable<Uint8Array>
  }
): Promise<{ file_id: string; sha256: string }> => {
  const limitOf = await mediaLimits(container)
  const { head, chunks, measured } = await measure(upload.stream)
  const { content_type, kind } = requireType(head, upload.content_type)
  const limit = limitOf(kind)
  if (upload.bytes !== null && upload.bytes > limit) {
    throw tooLarge(limit)
  }
  const files: IFileModuleService = container.resolve(Modules.FILE)
  const { writeStream, promise, fileKey } = await files.getUploadStream({
    filename: upload.name,
    mimeType: content_type,
    access: "private",
  })
  try {
    const stored = promise.then(({ key }) => key)
    const [key] = await Promise.all([
      stored,
      pipeline(Readable.from(limited(chunks, limit)), writeStream),
    ])
    return { file_id: key, sha256: measured().sha256 }
  } catch (error) {
    await files.deleteFiles(fileKey).catch(() => undefined)
    throw error
  }
}
