import { createHash } from "node:crypto"

export type Secret = { name: string; bytes: Buffer }

/** Anything shorter is found by chance, and an empty text everywhere. */
const minimumBytes = 8

/** The secrets that the demo knows of; each value once. */
export type SecretBook = {
  /** @throws Error when the value is too short to be searched for */
  add(name: string, value: string | Buffer): void
  /** Adds a value as the next of its kind, `access token 2`, unless it is there. */
  addNext(kind: string, value: string): void
  countOf(kind: string): number
  all(): Secret[]
}

/** @returns an empty book */
export function createSecretBook(): SecretBook {
  const secrets: Secret[] = []
  const countOf = (kind: string) =>
    secrets.filter(({ name }) => name.startsWith(`${kind} `)).length
  const add = (name: string, value: string | Buffer) => {
    const bytes = bytesOf(value)
    if (bytes.length < minimumBytes) {
      throw new Error(`${name} has only ${bytes.length} bytes`)
    }
    secrets.push({ name, bytes })
  }

  return {
    add,
    addNext: (kind, value) => {
      if (!secrets.some(({ bytes }) => bytes.equals(bytesOf(value)))) {
        add(`${kind} ${countOf(kind) + 1}`, value)
      }
    },
    countOf,
    all: () => [...secrets],
  }
}

/** Tells secrets apart on a screen without showing them. */
export function fingerprint(value: string | Buffer): string {
  return `sha256 ${createHash("sha256").update(value).digest("hex").slice(0, 12)}`
}

function bytesOf(value: string | Buffer): Buffer {
  return typeof value === "string" ? Buffer.from(value) : value
}
