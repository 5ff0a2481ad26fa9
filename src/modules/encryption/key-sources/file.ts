import { readdir, readFile, stat } from "node:fs/promises"
import path from "node:path"

import { InvalidKeyError, MissingKeyError } from "../errors"
import { HOW_TO_MAKE_A_KEY } from "../keys/key-rules"
import type { KeyMaterial, KeySource } from "../keys/key-source"
import { parseKey, parseVersion, PRIMARY_VERSION } from "./parse"
import { choosePrimary, stateOf } from "./states"

/** Names the file or directory that holds the keys. */
export const KEY_FILE = "ENCRYPTION_KEY_FILE"

export type FileKeySourceOptions = {
  /** A file with one key a line, or a directory with one file for each version. */
  path: string
  /** The primary; without it the highest version is. */
  primary_version?: number
  /** Told when other users of the machine can read the keys. */
  warn?(message: string): void
}

type Entry = { version: number; secret: Buffer }

const WORLD_READABLE = 0o004

/** `3=key` or `3 key`. */
const LINE = /^(\d+)(?:\s*=\s*|\s+)(\S+)$/

function parseLine(
  line: string,
  number: number,
  file: string
): Entry | undefined {
  const text = line.trim()
  if (text === "" || text.startsWith("#")) {
    return undefined
  }
  const setting = `Line ${number} of ${file}`
  const match = LINE.exec(text)
  if (!match) {
    throw new InvalidKeyError(
      `${setting} must be "version=key" or "version key", for example "2=" and 44 characters of base64. ${HOW_TO_MAKE_A_KEY}`
    )
  }
  const [, version, key] = match
  return {
    version: parseVersion(setting, version),
    secret: parseKey(setting, key),
  }
}

async function readLines(file: string): Promise<Entry[]> {
  const text = await readFile(file, "utf8")
  return text
    .split(/\r?\n/)
    .map((line, index) => parseLine(line, index + 1, file))
    .filter((entry) => entry !== undefined)
}

async function readDirectory(directory: string): Promise<Entry[]> {
  const entries: Entry[] = []
  for (const name of (await readdir(directory)).sort()) {
    // A mounted secret keeps its own book-keeping in hidden entries.
    if (name.startsWith(".")) {
      continue
    }
    const file = path.join(directory, name)
    // A file that is named "v2" by mistake must not be left out in silence.
    const version = parseVersion(`The name of ${file}`, name)
    const text = await readFile(file, "utf8")
    entries.push({
      version,
      secret: parseKey(file, text.replace(/\r?\n$/, "")),
    })
  }
  return entries
}

const unreadable = (location: string, error: unknown): InvalidKeyError =>
  new InvalidKeyError(
    `The keys in ${location} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"}). Check ${KEY_FILE}, that it exists and that the server's user may read it.`
  )

async function readEntries(
  location: string,
  warn: FileKeySourceOptions["warn"]
): Promise<Entry[]> {
  try {
    const { mode, isDirectory } = await describe(location)
    // Windows has no such bits.
    if (process.platform !== "win32" && mode & WORLD_READABLE) {
      warn?.(
        `${location} holds encryption keys and can be read by every user of this machine. Run: chmod o-rwx ${location}`
      )
    }
    return await (isDirectory ? readDirectory(location) : readLines(location))
  } catch (error) {
    throw error instanceof InvalidKeyError ? error : unreadable(location, error)
  }
}

async function describe(
  location: string
): Promise<{ mode: number; isDirectory: boolean }> {
  const stats = await stat(location)
  return { mode: stats.mode, isDirectory: stats.isDirectory() }
}

function assertDistinct(entries: readonly Entry[], location: string): void {
  const seen = new Set<number>()
  for (const { version } of entries) {
    if (seen.has(version)) {
      throw new InvalidKeyError(
        `${location} has two keys for version ${version}.`,
        {
          keyVersion: version,
        }
      )
    }
    seen.add(version)
  }
}

/**
 * Reads keys from a file, one `version=key` or `version key` a line with `#` for comments, or from a
 * directory such as a mounted secret, where each file holds one key and is named by its version.
 *
 * @param options - where the keys are and which is the primary
 * @returns the source; its `load` throws MissingKeyError or InvalidKeyError, which name file and
 * line and never quote them
 */
export function fileKeySource({
  path: location,
  primary_version,
  warn,
}: FileKeySourceOptions): KeySource {
  return {
    name: "file",
    async load(): Promise<KeyMaterial[]> {
      const entries = await readEntries(location, warn)
      if (entries.length === 0) {
        throw new MissingKeyError(
          `${location} holds no key. Put one line "1=" followed by a key there, or a file named 1 with a key in it. ${HOW_TO_MAKE_A_KEY}`
        )
      }
      assertDistinct(entries, location)
      const primary = choosePrimary(
        entries.map(({ version }) => version),
        primary_version,
        PRIMARY_VERSION
      )
      return entries.map(({ version, secret }) => ({
        version,
        secret,
        state: stateOf(version, primary),
      }))
    },
  }
}
