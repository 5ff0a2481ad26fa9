import { readdir, readFile, stat } from "node:fs/promises"
import path from "node:path"

import { InvalidKeyError, MissingKeyError } from "../errors"
import { HOW_TO_MAKE_A_KEY } from "../keys/key-rules"
import type { KeyMaterial, KeySource } from "../keys/key-source"
import { parseKey, parseVersion, ACTIVE_VERSION } from "./parse"
import { chooseActive, stateOf } from "./states"

/** Names the file or directory that holds the keys. */
export const KEY_FILE = "ENCRYPTION_KEY_FILE"

export type FileKeySourceOptions = {
  /** A file with one key a line, or a directory with one file for each version. */
  path: string
  /**
   * The active version, where an operator names it. Without it the key registry's active key stays
   * the active one, and the first start takes the highest version.
   */
  active_version?: number
}

type Entry = { version: number; secret: Buffer }

const WRITABLE_BY_OTHERS = 0o022
const READABLE_BY_ALL = 0o004
const OPEN_TO_ALL = 0o001

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

/** The files with keys in them. A mounted secret keeps its own book-keeping in hidden entries. */
async function listFiles(location: string): Promise<string[]> {
  if (!(await stat(location)).isDirectory()) {
    return [location]
  }
  const names = (await readdir(location)).sort()
  return names
    .filter((name) => !name.startsWith("."))
    .map((name) => path.join(location, name))
}

async function readNamed(file: string): Promise<Entry> {
  // A file that is named "v2" by mistake must not be left out in silence.
  const version = parseVersion(`The name of ${file}`, path.basename(file))
  const text = await readFile(file, "utf8")
  return { version, secret: parseKey(file, text.replace(/\r?\n$/, "")) }
}

/** Windows has no such bits. */
const modeOf = async (file: string): Promise<number> =>
  process.platform === "win32" ? 0 : (await stat(file)).mode

/** Who can write a key file can give the store a key of their own. */
async function assertNotWritable(file: string): Promise<void> {
  if ((await modeOf(file)) & WRITABLE_BY_OTHERS) {
    throw new InvalidKeyError(
      `${file} holds encryption keys and can be changed by other users of this machine. Run: chmod go-w ${file}`
    )
  }
}

/** A file that all may read is out of reach where they may not enter its directory. */
async function isReadableByAll(file: string): Promise<boolean> {
  return (
    ((await modeOf(file)) & READABLE_BY_ALL) !== 0 &&
    ((await modeOf(path.dirname(file))) & OPEN_TO_ALL) !== 0
  )
}

async function findReadable(location: string): Promise<string[]> {
  const messages: string[] = []
  for (const file of await listFiles(location)) {
    if (await isReadableByAll(file)) {
      messages.push(
        `${file} holds encryption keys and can be read by every user of this machine. Run: chmod o-rwx ${file}`
      )
    }
  }
  return messages
}

const unreadable = (location: string, error: unknown): InvalidKeyError =>
  new InvalidKeyError(
    `The keys in ${location} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"}). Check ${KEY_FILE}, that it exists and that the server's user may read it.`
  )

async function readEntries(location: string): Promise<Entry[]> {
  try {
    const files = await listFiles(location)
    await Promise.all(files.map(assertNotWritable))
    return files.length === 1 && files[0] === location
      ? await readLines(location)
      : await Promise.all(files.map(readNamed))
  } catch (error) {
    throw error instanceof InvalidKeyError ? error : unreadable(location, error)
  }
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
 * @param options - where the keys are and which is the active one
 * @returns the source; its `load` throws MissingKeyError or InvalidKeyError, which name file and
 * line and never quote them
 */
export function fileKeySource({
  path: location,
  active_version,
}: FileKeySourceOptions): KeySource {
  return {
    name: "file",
    active_is_a_guess: active_version === undefined,
    check: () => findReadable(location),
    async load(): Promise<KeyMaterial[]> {
      const entries = await readEntries(location)
      if (entries.length === 0) {
        throw new MissingKeyError(
          `${location} holds no key. Put one line "1=" followed by a key there, or a file named 1 with a key in it. ${HOW_TO_MAKE_A_KEY}`
        )
      }
      assertDistinct(entries, location)
      const active = chooseActive(
        entries.map(({ version }) => version),
        active_version,
        ACTIVE_VERSION
      )
      return entries.map(({ version, secret }) => ({
        version,
        secret,
        state: stateOf(version, active),
      }))
    },
  }
}
