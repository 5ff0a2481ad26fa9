import assert from "node:assert/strict"
import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import { withDatabase } from "../../integration-tests/e2e/support/database"
import { dumpTables } from "../../integration-tests/http/support/database"
import { countTraces } from "../../integration-tests/http/support/leaks"
import { sandbox } from "../../integration-tests/http/support/sandbox"
import { show, step } from "./report"
import { collectTokens, countSecrets, fingerprint, type Stage } from "./stage"
import { firstPost } from "./story"

type Query = Parameters<Parameters<typeof withDatabase>[1]>[0]

/** Anything shorter is found by chance, and an empty text everywhere. */
const MINIMUM_BYTES = 8

/**
 * Searches everything that the run left for every secret of the run. Each
 * search also looks for something that must be there: a search that finds
 * nothing at all proves nothing.
 */
export async function searchForSecrets(stage: Stage): Promise<void> {
  const { secrets, dumps, databaseUrl, logFolder } = stage
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
  dumps.set("at the end", await withDatabase(databaseUrl, dump))
  for (const [when, text] of dumps) {
    expectNoHits(`Dump ${when}`, [text], secrets, caption)
  }

  step("No secret is in PostgreSQL's files, the write-ahead log included")
  const files = await withDatabase(databaseUrl, readServerFiles)
  expectNoHits(`${files.length} files`, files, secrets, caption)

  step("No secret is in Medusa's logs or in an answer of its API")
  const logs = readdirSync(logFolder).map((name) =>
    readFileSync(path.join(logFolder, name))
  )
  expectNoHits("Logs", logs, secrets, stage.id)
  const responses = stage.responses.map((text) => Buffer.from(text))
  // The address that the browser is sent to has the state in it.
  const others = new Map(secrets)
  others.delete("state")
  expectNoHits("Answers to the admin", responses, others, caption)

  step("The same searches find a token that is there")
  await plantTokens(stage)
}

function expectNoHits(
  what: string,
  pieces: Buffer[],
  secrets: Stage["secrets"],
  control: string
): void {
  const found = [...secrets]
    .filter(([, bytes]) => countTraces(pieces, bytes) > 0)
    .map(([name]) => name)
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
async function plantTokens(stage: Stage): Promise<void> {
  const [access, refresh] = (await collectTokens(stage)).tokens
  const planted = {
    note: Buffer.from(`t=${access.value}`).toString("base64"),
    token: refresh.value,
  }
  const [text, files] = await withDatabase(stage.databaseUrl, async (query) => {
    await query("begin")
    const update = "update social_platform set metadata = $2 where id = $1"
    await query(update, [stage.id, planted])
    const inside = await dump(query)
    await query("rollback")
    return [inside, await readServerFiles(query)] as const
  })
  for (const [what, token] of [
    ["access token, in base64", access.value],
    ["refresh token, plain", refresh.value],
  ]) {
    const inDump = countTraces([text], Buffer.from(token))
    const inFiles = countTraces(files, Buffer.from(token))
    assert.ok(inDump > 0, `the search finds the ${what} in the dump`)
    assert.ok(inFiles > 0, `the search finds the ${what} in the files`)
    show(`${what}, within a transaction: ${inDump} times in the dump,`)
    show(`  ${inFiles} times in the files, though rolled back`)
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
  return readdirSync(String(folder), { recursive: true, withFileTypes: true })
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
