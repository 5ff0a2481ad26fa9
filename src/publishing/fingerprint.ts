import { createHash } from "node:crypto"
import type { PostDraft } from "../shared/post-rules/draft"
import { fingerprintText } from "../shared/post-rules/duplicates"

const digest = (text: string): string =>
  createHash("sha256").update(text).digest("hex")

/**
 * What tells a repetition: digests of what a publication says, and of what it
 * shows; null for what it does not have.
 */
export const hashesOf = ({ title, link, parts }: PostDraft) => {
  const says = parts.some(({ text }) => text.trim())
  const files = parts.flatMap(({ media }) => media.map(({ id }) => id))
  return {
    content_hash: says
      ? digest(
          fingerprintText({
            title,
            link,
            parts: parts.map(({ text }) => ({ text, media: [] })),
          })
        )
      : null,
    media_hash: files.length ? digest(JSON.stringify(files)) : null,
  }
}
