import { readFile } from "node:fs/promises"
import path from "node:path"
import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import { importColumnBatch } from "../../credentials/imports/import-column"
import type { ImportRowsInput } from "../../credentials/imports/import-rows"
import { importStoredBatch } from "../../credentials/imports/import-stored"
import type { ForeignOpener } from "../../credentials/imports/opener"
import { parseImportFile } from "../../shared/parse-import-file"
import type { ImportReport } from "../../shared/import-rows"
import { readArguments, type ScriptArguments } from "./arguments"
import { loggerOf, remindOfApply, runBatches } from "./batches"

const USAGE =
  "file <path> | stored [<credential>…] | column <table> <column> [<id column>], then [apply] [overwrite]"

export interface ImportScript {
  name: string
  args: string[]
  opener: () => ForeignOpener
  /** Values between two lines of progress. */
  batchSize: number
  importRows: (input: ImportRowsInput) => Promise<ImportReport>
}

const refuse = (message: string): MedusaError =>
  new MedusaError(MedusaError.Types.INVALID_DATA, message)

/** Imports from a file, from the platforms' own rows, or from a column of any table. */
export const runImport = async (
  container: MedusaContainer,
  script: ImportScript
): Promise<void> => {
  const given = readArguments(script.args, USAGE, [1, 50])
  const [source, ...words] = given.words
  if (source === "file" && words.length === 1) {
    await importFile(container, script, given, words[0])
  } else if (source === "stored") {
    await importStored(container, script, given, words)
  } else if (source === "column" && [2, 3].includes(words.length)) {
    await importColumn(container, script, given, words)
  } else {
    throw refuse(`Give this script the words: ${USAGE}`)
  }
  remindOfApply(container, given)
}

const importFile = async (
  container: MedusaContainer,
  { name, batchSize, importRows }: ImportScript,
  { apply, overwrite }: ScriptArguments,
  file: string
): Promise<void> => {
  const logger = loggerOf(container)
  const { rows, problems } = parseImportFile(
    await readText(file),
    path.basename(file)
  )
  let failures = problems.length
  for (const { row, message } of problems) {
    logger.error(`${name}: row ${row}: ${message}`)
  }

  const total = { examined: 0, imported: 0, unchanged: 0, created: 0 }
  for (let start = 0; start < rows.length; start += batchSize) {
    const report = await importRows({
      rows: rows.slice(start, start + batchSize),
      dry_run: !apply,
      overwrite,
    })
    total.examined += report.examined
    total.imported += report.imported
    total.unchanged += report.unchanged
    total.created += report.created_platforms
    failures += report.failed.length
    for (const { row, code, message } of report.failed) {
      logger.error(`${name}: row ${row} (${code}): ${message}`)
    }
    logger.info(
      `${name}: ${total.examined} of ${rows.length} rows, ${total.imported} ${apply ? "imported" : "would be imported"}, ${total.unchanged} stored already, ${total.created} new platforms, ${failures} failed`
    )
  }
  if (failures) {
    throw new MedusaError(
      MedusaError.Types.UNEXPECTED_STATE,
      `${name}: ${failures} rows failed; the others are done. Correct them and run the import again: what is stored already is left alone.`
    )
  }
}

const readText = async (file: string): Promise<string> => {
  try {
    return await readFile(file, "utf8")
  } catch (error) {
    throw refuse(
      `The file cannot be read (${(error as NodeJS.ErrnoException).code}). Give its path from the application's folder.`
    )
  }
}

const importStored = async (
  container: MedusaContainer,
  { name, opener, batchSize }: ImportScript,
  { apply }: ScriptArguments,
  fields: string[]
): Promise<void> => {
  const foreign = opener()
  if (!foreign.recognises && !fields.length) {
    throw refuse(
      `Values of this format have no mark. Name the credentials that hold them, for example: stored access_token`
    )
  }
  await runBatches(container, name, { dry_run: !apply }, (input) =>
    importStoredBatch(container, foreign, {
      ...input,
      limit: batchSize,
      ...(fields.length && { fields }),
    })
  )
}

const importColumn = async (
  container: MedusaContainer,
  { name, opener, batchSize }: ImportScript,
  { apply }: ScriptArguments,
  [table, column, id_column]: string[]
): Promise<void> => {
  const foreign = opener()
  await runBatches(container, name, { dry_run: !apply }, (input) =>
    importColumnBatch(container, foreign, {
      ...input,
      limit: batchSize,
      table,
      column,
      id_column,
    })
  )
}
