import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"

/** A JSON value that lives in memory and, where a folder is given, in one file. */
export type Document<T> = {
  value: T
  /** Writes the value to its file; does nothing for a memory-only document. */
  save(): void
}

function readStored(file: string): string | null {
  try {
    return readFileSync(file, "utf8")
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return null
    }
    throw error
  }
}

function parseStored<T>(file: string, content: string): T {
  try {
    return JSON.parse(content) as T
  } catch (error) {
    throw new Error(
      `${file} is not valid JSON. Delete it to start afresh. (${(error as Error).message})`
    )
  }
}

/**
 * Opens a document.
 *
 * @param dir folder of the file; none keeps the document in memory
 * @param name file name without extension
 * @param initial makes the value of a document that does not exist yet
 * @throws Error if the file exists but cannot be read or is not JSON
 */
export function openDocument<T>(
  dir: string | undefined,
  name: string,
  initial: () => T
): Document<T> {
  if (!dir) {
    return { value: initial(), save: () => undefined }
  }
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const file = join(dir, `${name}.json`)
  const stored = readStored(file)
  const document: Document<T> = {
    value: stored === null ? initial() : parseStored<T>(file, stored),
    save: () => {
      // The rename is what makes a killed process leave either the old or the
      // new content, never half of one.
      const temporary = `${file}.tmp`
      writeFileSync(temporary, JSON.stringify(document.value), { mode: 0o600 })
      renameSync(temporary, file)
    },
  }
  return document
}
