import { existsSync, mkdtempSync, rmSync } from "node:fs"
import os from "node:os"
import path from "node:path"
import { lastLines } from "../processes"
import { messageOf, type OnEnd, runProgram } from "../program"
import { failureOf, finish } from "./report"
import { searchForSecrets } from "./search"
import { logOf, setUp } from "./stage"
import { connect, publishAndSync, rotateKey } from "./story"

/*
 * npm run demo: connect, seal, publish, sync, rotate the key and search for
 * leaks, over real HTTP, in a database and a network of the demo's own. Each
 * step prints its evidence; the exit status is 0 only if every step held.
 */

async function main(onEnd: OnEnd): Promise<void> {
  const logs = mkdtempSync(path.join(os.tmpdir(), "social-platforms-demo-"))
  let failed = false
  onEnd(() =>
    failed
      ? console.error(`  The logs are in ${logs}`)
      : rmSync(logs, { recursive: true, force: true })
  )
  try {
    const stage = await setUp(logs, onEnd)
    await connect(stage)
    await publishAndSync(stage)
    await rotateKey(stage)
    await searchForSecrets(stage)
    finish()
  } catch (error) {
    failed = true
    const log = [2, 1].map((key) => logOf(logs, key)).find(existsSync)
    const said = log ? `\nMedusa's last lines:${lastLines(log, 12)}` : ""
    throw new Error(failureOf(messageOf(error) + said))
  }
}

runProgram(main)
