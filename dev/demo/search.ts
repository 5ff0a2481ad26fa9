import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import type pg from "pg"
import { sandbox } from "../../integration-tests/http/support/sandbox"
import { show, step } from "./report"
import {
  collectTokens,
  countSecrets,
  dumpDatabase,
  fingerprint,
  type Stage,
} from "./stage"
import { firstPost } from "./story"

/** Anything shorter is found by chance, and an empty text everywhere. */
const MINIMUM_BYTES = 8

/**
 * Searches everything that the run left for every secret of the run. Each
 * search also looks for something that must be there: a search that finds
 * nothing at all proves nothing.
 */
export async function searchForSecrets(
  stage: Stage,
  id: string
): Promise<void> {
  const { secrets, dumps, database } = stage
  const { caption } = firstPost
  step("The secrets to search for are complete")
  for (const [name, bytes] of secrets) {
    assert.ok(bytes.length >= MINIMUM_BYTES, `${name} is long enough`)
    show(`${name.padEnd(18)} ${bytes.length} bytes, ${fingerprint(bytes)}`)
  }
  const issued = await sandbox.countRequests("POST", "/token")
  assert.ok(issued >= 2, "tokens were issued twice at least")
  assert.equal(countSecrets(secrets, "access token"), issued)
  assert.equal(countSecrets(secrets, "refresh token"), issued)
  show(`The network's token endpoint was asked ${issued} times: these are all`)

  step("No secret is in a dump of the database")
  dumps.set("at the end", await dumpDatabase(database))
  for (const [when, text] of dumps) {
    expectNoHits(`Dump ${when}`, [text], secrets, caption)
  }

  step("No secret is in PostgreSQL's files, the write-ahead log included")
  const files = await readServerFiles(database)
  expectNoHits(`${files.length} files`, files, secrets, caption)

  step("No secret is in Medusa's logs or in an answer of its API")
  const logs = readdirSync(stage.logFolder).map((name) =>
    readFileSync(path.join(stage.logFolder, name))
  )
  expectNoHits("Logs", logs, secrets, id)
  const responses = stage.responses.map((text) => Buffer.from(text))
  // The address that the browser is sent to has the state in it.
  const others = new Map(secrets)
  others.delete("state")
  expectNoHits("Answers to the admin", responses, others, caption)

  step("The same searches find a token that is there")
  await plantTokens(stage, id)
}

function expectNoHits(
  what: string,
  pieces: Buffer[],
  secrets: Stage["secrets"],
  control: string
): void {
  const found = [...secrets]
    .map(([name, bytes]) => [name, countTraces(pieces, bytes)] as const)
    .filter(([, hits]) => hits > 0)
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const controlHits = countTraces(pieces, Buffer.from(control))
  show(`${what} (${Math.round(size / 1024).toLocaleString("en")} kB):`)
  show(
    `  ${secrets.size} secrets, plain, in hex or in base64: ${found.length} found`
  )
  show(`  control “${control}”: ${controlHits} times`)
  assert.deepEqual(found, [], `secrets in ${what}`)
  assert.ok(controlHits > 0, `the control is in ${what}`)
}

/** Puts the live tokens where a careless program would, and takes them back. */
async function plantTokens(stage: Stage, id: string): Promise<void> {
  const { database } = stage
  const { opened } = await collectTokens(stage, id)
  const planted = {
    note: Buffer.from(`t=${opened.access_token}`).toString("base64"),
    token: opened.refresh_token,
  }
  await database.query("begin")
  await database.query(
    "update social_platform set metadata = $2 where id = $1",
    [id, planted]
  )
  const dump = await dumpDatabase(database)
  await database.query("rollback")
  const files = await readServerFiles(database)

  for (const [what, token] of [
    ["access token, in base64", opened.access_token],
    ["refresh token, plain", opened.refresh_token],
  ]) {
    const inDump = countTraces([dump], Buffer.from(token))
    const inFiles = countTraces(files, Buffer.from(token))
    assert.ok(inDump > 0, `the search finds the ${what} in the dump`)
    assert.ok(inFiles > 0, `the search finds the ${what} in the files`)
    show(`${what}, within a transaction: ${inDump} times in the dump,`)
    show(`  ${inFiles} times in the files, though rolled back`)
  }
}

/**
 * Has the server write out what it holds in memory, and reads its files: the
 * tables with deleted rows too, indexes, statistics, and the write-ahead log,
 * in which each write of the run stands.
 */
async function readServerFiles(database: pg.Client): Promise<Buffer[]> {
  await database.query("checkpoint")
  const { rows } = await database.query("show data_directory")
  const folder: string = rows[0].data_directory
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap(({ parentPath, name }) => {
      try {
        return [readFileSync(path.join(parentPath, name))]
      } catch (error) {
        // The server may remove a file of its own meanwhile.
        assert.equal((error as NodeJS.ErrnoException).code, "ENOENT")
        return []
      }
    })
}

/**
 * Counts how often a text stands in some data: as it is, in hexadecimal
 * digits, or in base64, also somewhere within a longer base64 text.
 */
function countTraces(pieces: Buffer[], text: Buffer): number {
  const hex = text.toString("hex")
  const base64 = [0, 1, 2].map((offset) => base64Within(text, offset))
  const base64url = base64.map((form) =>
    form.replaceAll("+", "-").replaceAll("/", "_")
  )
  const forms = new Set([hex, hex.toUpperCase(), ...base64, ...base64url])
  let count = 0
  for (const piece of pieces) {
    for (const form of [text, ...forms]) {
      for (let at = piece.indexOf(form); at !== -1; count++) {
        at = piece.indexOf(form, at + form.length)
      }
    }
  }
  return count
}

/**
 * The characters that bytes leave in base64 when they follow others: only those
 * that depend on these bytes alone.
 *
 * @param offset - how many bytes stand before them in their group of three
 */
function base64Within(bytes: Buffer, offset: number): string {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes])
  const first = Math.ceil((offset * 8) / 6)
  const end = Math.floor((padded.length * 8) / 6)
  return padded.toString("base64").slice(first, end)
}
