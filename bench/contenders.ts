import {
  createCipheriv,
  createDecipheriv,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  scryptSync,
} from "node:crypto"

import {
  decryptStringSync,
  encryptStringSync,
  generateKey,
  parseKeySync,
} from "@47ng/cloak"
import { gcm } from "@noble/ciphers/aes.js"
import fernet from "fernet"
import { compactDecrypt, CompactEncrypt } from "jose"

import { recognise } from "../src/modules/encryption/envelope/classify"
import { openV2, sealV2 } from "../src/modules/encryption/envelope/format-2"
import { createKeyring } from "../src/modules/encryption/keys/keyring"

/** From a string to a string that a text column can hold, and back. */
export type Contender = {
  name: string
  seal(text: string): string | Promise<string>
  open(stored: string): string | Promise<string>
}

const ALGORITHM = "aes-256-gcm"
const root = randomBytes(32)

export const keyring = createKeyring([
  { version: 1, state: "active", secret: randomBytes(32) },
])

export const context = {
  table: "social_platform",
  field: "access_token",
  rowId: "splat_01JABCDEFGHJKMNPQRSTVWXYZ",
}

const ours: Contender = {
  name: "this plugin, format 2",
  seal: (text) => JSON.stringify(sealV2(keyring.active!, text, context)),
  open(stored) {
    const recognised = recognise(stored)
    if (recognised.format !== "v2") {
      throw new Error("not an envelope of format 2")
    }
    return openV2(keyring, recognised.envelope, context)
  },
}

/** As format 1 is mostly written by hand: the key decoded each time, string mode, no check. */
function naive(): Contender {
  const key = root.toString("base64")
  return {
    name: "naive format 1",
    seal(text) {
      const iv = randomBytes(16)
      const cipher = createCipheriv(ALGORITHM, Buffer.from(key, "base64"), iv)
      let encrypted = cipher.update(text, "utf8", "base64")
      encrypted += cipher.final("base64")
      return JSON.stringify({
        encrypted,
        iv: iv.toString("base64"),
        authTag: cipher.getAuthTag().toString("base64"),
        keyVersion: 1,
      })
    },
    open(stored) {
      const { encrypted, iv, authTag } = JSON.parse(stored) as Record<
        string,
        string
      >
      const decipher = createDecipheriv(
        ALGORITHM,
        Buffer.from(key, "base64"),
        Buffer.from(iv, "base64")
      )
      decipher.setAuthTag(Buffer.from(authTag, "base64"))
      return (
        decipher.update(encrypted, "base64", "utf8") + decipher.final("utf8")
      )
    },
  }
}

function cloak(): Contender {
  const key = parseKeySync(generateKey())
  return {
    name: "@47ng/cloak, parsed key",
    seal: (text) => encryptStringSync(text, key),
    open: (stored) => decryptStringSync(stored, key),
  }
}

async function jose(): Promise<Contender> {
  const key = await crypto.subtle.importKey("raw", root, "AES-GCM", false, [
    "encrypt",
    "decrypt",
  ])
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()
  return {
    name: "jose, dir + A256GCM, CryptoKey",
    seal: (text) =>
      new CompactEncrypt(encoder.encode(text))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM" })
        .encrypt(key),
    open: async (stored) =>
      decoder.decode((await compactDecrypt(stored, key)).plaintext),
  }
}

const noble: Contender = {
  name: "@noble/ciphers, gcm",
  seal(text) {
    const iv = randomBytes(12)
    const sealed = gcm(root, iv).encrypt(Buffer.from(text, "utf8"))
    return Buffer.concat([iv, sealed]).toString("base64")
  },
  open(stored) {
    const bytes = Buffer.from(stored, "base64")
    return Buffer.from(
      gcm(root, bytes.subarray(0, 12)).decrypt(bytes.subarray(12))
    ).toString("utf8")
  },
}

function fernetPackage(): Contender {
  const secret = new fernet.Secret(root.toString("base64url") + "=")
  return {
    name: "fernet (npm)",
    seal: (text) => new fernet.Token({ secret }).encode(text),
    open: (stored) =>
      new fernet.Token({ secret, token: stored, ttl: 0 }).decode(),
  }
}

/** A key of its own for each value: base64 of salt, iv, tag and ciphertext. */
function perValue(
  name: string,
  saltLength: number,
  derive: (salt: Buffer) => KeyObject | Buffer
): Contender {
  return {
    name,
    seal(text) {
      const salt = randomBytes(saltLength)
      const iv = randomBytes(12)
      const cipher = createCipheriv(ALGORITHM, derive(salt), iv)
      const ciphertext = cipher.update(text, "utf8")
      cipher.final()
      return Buffer.concat([
        salt,
        iv,
        cipher.getAuthTag(),
        ciphertext,
      ]).toString("base64")
    },
    open(stored) {
      const bytes = Buffer.from(stored, "base64")
      const body = saltLength + 12
      const decipher = createDecipheriv(
        ALGORITHM,
        derive(bytes.subarray(0, saltLength)),
        bytes.subarray(saltLength, body)
      )
      decipher.setAuthTag(bytes.subarray(body, body + 16))
      const plaintext = decipher.update(bytes.subarray(body + 16))
      decipher.final()
      return plaintext.toString("utf8")
    },
  }
}

/** @returns this plugin first, then those that it is compared with */
export async function contenders(): Promise<Contender[]> {
  const rootKey = createSecretKey(root)
  return [
    ours,
    naive(),
    cloak(),
    await jose(),
    noble,
    fernetPackage(),
    perValue("HKDF for each value", 32, (salt) =>
      createSecretKey(
        Buffer.from(hkdfSync("sha256", rootKey, salt, "value", 32))
      )
    ),
    perValue("scrypt for each value", 16, (salt) => scryptSync(root, salt, 32)),
  ]
}
