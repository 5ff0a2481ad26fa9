import { readFileSync } from "node:fs"
import { UNBOUND_CONTEXT } from "../modules/encryption/envelope/context"
import { openV1 } from "../modules/encryption/envelope/format-1"
import { parseKey } from "../modules/encryption/key-sources/parse"
import type { KeyMaterial } from "../modules/encryption/keys/key-source"
import { createKeyring } from "../modules/encryption/keys/keyring"
import type { EnvelopeV1 } from "../modules/encryption/types"

/*
 * node check-key.js [<file>…] < key
 *
 * Says which version a key from a safe or a backup is, without a database: its
 * key id, and where that id stands in the files. A file holds JSON: what
 * GET /admin/encryption answers, one envelope, or an export of rows. The key is
 * read from standard input, so that no list of processes and no history of a
 * shell shows it.
 */

export interface KeyCheck {
  kid: string
  /** Versions under which a file names this very key, lowest first. */
  versions: number[]
  /** Versions that the files name and that are other keys. */
  others: number[]
}

type Member = Record<string, unknown>

/** Every object within a JSON value. */
const objectsIn = (value: unknown): Member[] => {
  if (typeof value !== "object" || value === null) {
    return []
  }
  const inner = Object.values(value).flatMap(objectsIn)
  return Array.isArray(value) ? inner : [value as Member, ...inner]
}

/** Whether format 1, which names no key, opens with the key. */
const opensFormat1 = (text: string, version: number, envelope: Member) => {
  const keyring = createKeyring([keyOf(text, version)])
  try {
    openV1(keyring, envelope as unknown as EnvelopeV1, UNBOUND_CONTEXT)
    return true
  } catch {
    return false
  }
}

const keyOf = (text: string, version: number): KeyMaterial => ({
  version,
  state: "active",
  secret: parseKey("The key", text.trim()),
})

const isFormat1 = ({ keyVersion, encrypted, iv, authTag, v }: Member) =>
  v === undefined &&
  typeof keyVersion === "number" &&
  [encrypted, iv, authTag].every((member) => typeof member === "string")

/**
 * Compares a key with what is named in exports.
 *
 * @param text - the key, base64 of 32 bytes
 * @param exports - parsed JSON: the response of GET /admin/encryption, envelopes, or rows that hold them
 * @returns the key's id and the versions that it is
 * @throws InvalidKeyError when the text is no key; it is never quoted
 */
export const checkKey = (text: string, exports: unknown[]): KeyCheck => {
  const [key] = createKeyring([keyOf(text, 1)]).keys
  const found = new Map<number, boolean>()
  for (const member of exports.flatMap(objectsIn)) {
    const version = member.keyVersion ?? member.version
    if (typeof version !== "number") {
      continue
    }
    if (typeof member.kid === "string") {
      found.set(version, found.get(version) || member.kid === key.kid)
    } else if (isFormat1(member)) {
      found.set(
        version,
        found.get(version) || opensFormat1(text, version, member)
      )
    }
  }
  const versions = [...found.keys()].sort((left, right) => left - right)
  return {
    kid: key.kid,
    versions: versions.filter((version) => found.get(version)),
    others: versions.filter((version) => !found.get(version)),
  }
}

/** The sentences that the script prints. */
export const describeCheck = ({ kid, versions, others }: KeyCheck): string => {
  const list = (numbers: number[]) => numbers.join(", ")
  if (versions.length) {
    return `The key id is ${kid}. This is key version ${list(versions)}.`
  }
  return others.length
    ? `The key id is ${kid}. The files name key versions ${list(others)}, and this key is none of them.`
    : `The key id is ${kid}. Compare it with kid of GET /admin/encryption or of an envelope, or give this script a file that holds one.`
}

const main = (files: string[]): void => {
  try {
    const exports = files.map(
      (file) => JSON.parse(readFileSync(file, "utf8")) as unknown
    )
    const check = checkKey(readFileSync(0, "utf8"), exports)
    process.stdout.write(`${describeCheck(check)}\n`)
    process.exitCode = check.others.length && !check.versions.length ? 1 : 0
  } catch (error) {
    const message =
      error instanceof SyntaxError
        ? "A file is not JSON. Save what GET /admin/encryption answers, or an envelope, as it is."
        : (error as Error).message
    process.stderr.write(`${message}\n`)
    process.exitCode = 2
  }
}

if (require.main === module) {
  main(process.argv.slice(2))
}
