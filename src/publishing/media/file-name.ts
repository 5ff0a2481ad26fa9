/** As long as storages take names. */
const MAX_LENGTH = 120

/**
 * The name of a file as people know it: the last part of a path or an address,
 * without what a file system, a header or an address could misunderstand.
 */
export const fileName = (text: string): string => {
  const path = URL.canParse(text) ? new URL(text).pathname : text
  const last = decoded(path).split(/[/\\]/).pop() ?? ""
  const plain = last
    .replace(/[\p{Cc}\p{Surrogate}"<>|?*:;%]+/gu, "_")
    .replace(/^\.+/, "")
    .trim()
  return plain.slice(-MAX_LENGTH) || "file"
}

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
