import { readdirSync, readFileSync } from "node:fs"
import path from "node:path"
import type { Platform } from "./admin-api"
import { dumpDatabase, readServerFiles } from "./database"
import { firstPost } from "./publish-story"
import { expectEqual, expectThat, type Report, type Show } from "./report"
import { countTraces } from "./search"
import { fingerprint, type Secret } from "./secret-book"
import type { Stage } from "./stage"
import { collectTokens } from "./tokens"

/** Data to be searched, in pieces, and its description. */
type Haystack = { what: string; pieces: Buffer[] }

/**
 * Searches everything that the run left for every secret of the run. Each
 * search also looks for something that must be there: a search that finds
 * nothing at all proves nothing.
 */
export async function searchStory(
  report: Report,
  stage: Stage,
  platform: Platform
): Promise<void> {
  await report.step("The secrets to search for are complete", (show) =>
    showSecrets(stage, show)
  )
  await report.step("No secret is in a dump of the database", async (show) => {
    stage.dumps.push(await dumpDatabase(stage.database, "at the end"))
    for (const { when, text, tables, rows } of stage.dumps) {
      const size = `${tables} tables, ${rows} rows, ${inKilobytes(text.length)}`
      const dump = { what: `Dump ${when} (${size})`, pieces: [text] }
      expectNoHits(dump, stage.secrets.all(), firstPost.caption, show)
    }
  })
  await report.step(
    "No secret is in PostgreSQL's files, the write-ahead log included",
    async (show) => {
      const files = await serverFiles(stage)
      expectNoHits(files, stage.secrets.all(), firstPost.caption, show)
    }
  )
  await report.step(
    "No secret is in Medusa's logs or in an answer of its API",
    async (show) => {
      const logs = { what: "Logs", pieces: readLogs(stage.logFolder) }
      expectNoHits(logs, stage.secrets.all(), platform.id, show)

      const answers = {
        what: "Answers to the admin",
        pieces: stage.api.answers.map((text) => Buffer.from(text)),
      }
      // The address that the browser is sent to has the state in it.
      const secrets = stage.secrets.all().filter(({ name }) => name !== "state")
      expectNoHits(answers, secrets, firstPost.caption, show)
    }
  )
  await report.step("The same searches find a token that is there", (show) =>
    plantToken(stage, platform.id, show)
  )
}

async function showSecrets(
  { secrets, sandbox }: Stage,
  show: Show
): Promise<void> {
  for (const { name, bytes } of secrets.all()) {
    show(`${name.padEnd(18)} ${bytes.length} bytes, ${fingerprint(bytes)}`)
  }
  const issued = await sandbox.countTokenRequests()
  expectThat("tokens were issued twice at least", issued >= 2)
  expectEqual(
    "the known access tokens",
    secrets.countOf("access token"),
    issued
  )
  expectEqual(
    "the known refresh tokens",
    secrets.countOf("refresh token"),
    issued
  )
  show(`The network's token endpoint was asked ${issued} times: these are all`)
}

function expectNoHits(
  haystack: Haystack,
  secrets: Secret[],
  control: string,
  show: Show
): void {
  const found = secrets
    .map(({ name, bytes }) => ({ name, hits: countHits(haystack, bytes) }))
    .filter(({ hits }) => hits > 0)
  const total = found.reduce((sum, { hits }) => sum + hits, 0)
  const controlHits = countHits(haystack, control)
  show(`${haystack.what}:`)
  show(
    `  ${secrets.length} secrets, plain, in hex or in base64: ${inWords(total)}`
  )
  show(`  control “${control}”: ${inWords(controlHits)}`)
  const list = found.map(({ name, hits }) => `${name} (${hits})`).join(", ")
  expectEqual(`secrets in ${haystack.what}`, list, "")
  expectThat(`the control is in ${haystack.what}`, controlHits > 0)
}

function countHits({ pieces }: Haystack, text: string | Buffer): number {
  return pieces.reduce((sum, piece) => sum + countTraces(piece, text), 0)
}

async function serverFiles({ database }: Stage): Promise<Haystack> {
  const pieces: Buffer[] = []
  for await (const content of readServerFiles(database)) {
    pieces.push(content)
  }
  const size = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return { what: `${pieces.length} files, ${inKilobytes(size)}`, pieces }
}

function readLogs(folder: string): Buffer[] {
  return readdirSync(folder).map((name) =>
    readFileSync(path.join(folder, name))
  )
}

/** Puts the live token where a careless program would, and takes it back. */
async function plantToken(stage: Stage, id: string, show: Show): Promise<void> {
  const { database } = stage
  const { opened } = await collectTokens(stage, id)
  const planted = {
    note: Buffer.from(`t=${opened.access_token}`).toString("base64"),
  }

  await database.query("begin")
  await database.query(
    "update social_platform set metadata = $2 where id = $1",
    [id, { ...planted, token: opened.refresh_token }]
  )
  const dump = await dumpDatabase(database, "with a planted token")
  await database.query("rollback")
  const files = await serverFiles(stage)

  for (const [what, token] of [
    ["access token, in base64", opened.access_token],
    ["refresh token, plain", opened.refresh_token],
  ]) {
    const inDump = countTraces(dump.text, token)
    const inFiles = countHits(files, token)
    expectThat(`the search finds the ${what} in the dump`, inDump > 0)
    expectThat(`the search finds the ${what} in the files`, inFiles > 0)
    show(`${what}, within a transaction: ${inWords(inDump)} in the dump`)
    show(`  ${inWords(inFiles)} in the files, though rolled back`)
  }
}

function inKilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024).toLocaleString("en")} kB`
}

function inWords(hits: number): string {
  return hits === 1 ? "1 hit" : `${hits} hits`
}
