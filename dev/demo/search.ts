import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import type { Query } from "../../integration-tests/e2e/support/database"
import { dumpTables } from "../../integration-tests/http/support/database"
import { countTraces } from "../../integration-tests/http/support/leaks"
import { sandbox } from "../../integration-tests/http/support/sandbox"
import { show, step } from "./report"
import { collectTokens, fingerprint, logFolder, type Stage } from "./stage"
import { FIRST_CAPTION } from "./story"

/**
 * Searches everything that the run left for every secret of the run. Each
 * search also looks for something that must be there: a search that finds
 * nothing at all proves nothing.
 */
export async function searchForSecrets(stage: Stage): Promise<void> {
  const { secrets, dumps, query } = stage
  step("The secrets to search for are complete")
  for (const { name, bytes } of secrets) {
    // Anything shorter is found by chance, and an empty text everywhere.
    assert.ok(bytes.length >= 8, `${name} is long enough`)
    show(`${name.padEnd(16)} ${bytes.length} bytes, ${fingerprint(bytes)}`)
  }
  const issued = await sandbox.countRequests("POST", "/token")
  assert.ok(issued >= 2, "tokens were issued twice at least")
  for (const kind of ["access_token", "refresh_token"]) {
    const known = secrets.filter(({ name }) => name === kind)
    assert.equal(known.length, issued, `every ${kind} is known`)
  }
  show(`The network's token endpoint was asked ${issued} times: these are all`)

  step("No secret is in a dump of the database")
  dumps.set("at the end", await dump(query))
  for (const [when, text] of dumps) {
    expectNoHits(`Dump ${when}`, [text], secrets, FIRST_CAPTION)
  }

  step("No secret is in PostgreSQL's files, the write-ahead log included")
  const files = await readServerFiles(query)
  expectNoHits(`${files.length} files`, files, secrets, FIRST_CAPTION)

  step("No secret is in Medusa's logs or in an answer of its API")
  expectNoHits("Logs", readFiles(logFolder), secrets, stage.id)
  const responses = stage.responses.map((text) => Buffer.from(text))
  // The address that the browser is sent to has the state in it.
  const others = secrets.filter(({ name }) => name !== "state")
  expectNoHits("Answers to the admin", responses, others, FIRST_CAPTION)

  step("The same searches find a token that is there")
  await plantTokens(stage)
}

function expectNoHits(
  what: string,
  pieces: Buffer[],
  secrets: Stage["secrets"],
  control: string
): void {
  for (const { name, bytes } of secrets) {
    assert.equal(countTraces(pieces, bytes), 0, `${name} in ${what}`)
  }
  const controlHits = countTraces(pieces, Buffer.from(control))
  assert.ok(controlHits > 0, `the control is in ${what}`)
  show(`${what}: none of ${secrets.length} secrets, plain, in hex or in base64`)
  show(`  control “${control}”: ${controlHits} times`)
}

/** Puts the live tokens where a careless program would, and takes them back. */
async function plantTokens(stage: Stage): Promise<void> {
  const { query, id } = stage
  const [access, refresh] = (await collectTokens(stage)).tokens
  const note = Buffer.from(`t=${access.value}`).toString("base64")
  const update = "update social_platform set metadata = $2 where id = $1"
  await query("begin")
  await query(update, [id, { note, token: refresh.value }])
  const inside = [await dump(query)]
  await query("rollback")
  const files = await readServerFiles(query)
  for (const { name, value } of [access, refresh]) {
    const hits = [inside, files].map((pieces) => countTraces(pieces, value))
    assert.ok(Math.min(...hits) > 0, `the searches find the ${name}`)
    show(`${name}: ${hits[0]} times in a dump within a transaction,`)
    show(`  ${hits[1]} times in the files, though rolled back`)
  }
}

/** Every row of every table as text, as a backup would hold it. */
export async function dump(query: Query): Promise<Buffer> {
  return Buffer.from([...(await dumpTables(query)).values()].flat().join("\n"))
}

/**
 * Has the server write out what it holds in memory, and reads its files: the
 * tables with deleted rows too, indexes, statistics, and the write-ahead log,
 * in which each write of the run stands.
 */
async function readServerFiles(query: Query): Promise<Buffer[]> {
  await query("checkpoint")
  const [{ data_directory: folder }] = await query("show data_directory")
  return readFiles(String(folder))
}

function readFiles(folder: string): Buffer[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .flatMap(({ parentPath, name }) => {
      try {
        return [readFileSync(path.join(parentPath, name))]
      } catch (error) {
        // PostgreSQL may remove a file of its own meanwhile.
        assert.equal((error as NodeJS.ErrnoException).code, "ENOENT")
        return []
      }
    })
}
