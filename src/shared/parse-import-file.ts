import Papa from "papaparse"
import type { ImportRow } from "./import-rows"

export interface ParsedImportFile {
  /** Numbered from 1, the title line of a CSV file apart. */
  rows: (ImportRow & { row: number })[]
  /** Rows that cannot be imported, by their number from 1; they are not among `rows`. */
  problems: { row: number; message: string }[]
}

/**
 * Says what is wrong with a whole file, in a sentence for people. No error of
 * Medusa's: the dashboard, where this runs too, has no such class.
 */
export class ImportFileError extends Error {}

const COLUMNS = [
  "platform_id",
  "provider",
  "tenant_id",
  "identifier",
  "name",
  "field",
  "value",
  "expires_at",
] as const

const NOT_READABLE =
  "The file is neither a JSON list of objects nor a CSV file with a title line."

const EXPECTED = `Name the columns after these: ${COLUMNS.join(", ")}. Only "value" and either "platform_id" or "provider" are needed.`

/**
 * Reads the rows of an import from a JSON or CSV file. It runs in the dashboard
 * as well as in scripts.
 *
 * @param text - the file's content
 * @param fileName - its ending decides between JSON and CSV; without a known one the content does
 * @returns the rows that can be tried, and what is wrong with the others
 * @throws {ImportFileError} when nothing of it can be read
 */
export const parseImportFile = (
  text: string,
  fileName: string
): ParsedImportFile => {
  const isJson =
    /\.json$/i.test(fileName) ||
    (!/\.csv$/i.test(fileName) && /^\s*[[{]/.test(text))
  const records = isJson ? readJson(text) : readCsv(text)
  if (!records.length) {
    throw new ImportFileError("The file has no rows.")
  }

  const parsed: ParsedImportFile = { rows: [], problems: [] }
  records.forEach((record, index) => {
    const row = readRow(record)
    if (typeof row === "string") {
      parsed.problems.push({ row: index + 1, message: row })
    } else {
      parsed.rows.push({ ...row, row: index + 1 })
    }
  })
  return parsed
}

const readJson = (text: string): unknown[] => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    // The parser's error would quote the file.
    throw new ImportFileError(NOT_READABLE)
  }
  if (!Array.isArray(parsed)) {
    throw new ImportFileError(NOT_READABLE)
  }
  return parsed
}

const readCsv = (text: string): unknown[] => {
  const { data, errors, meta } = Papa.parse<Record<string, string>>(text, {
    header: true,
    skipEmptyLines: "greedy",
    transformHeader: (title) => title.trim().toLowerCase(),
  })
  if (!meta.fields?.includes("value")) {
    throw new ImportFileError(`The file has no column "value". ${EXPECTED}`)
  }
  const broken = errors.find(({ type }) => type === "Quotes")
  if (broken) {
    throw new ImportFileError(
      `The quotes in row ${(broken.row ?? 0) + 1} of the CSV file do not match.`
    )
  }
  return data
}

/** @returns the row, or what is wrong with it */
const readRow = (record: unknown): ImportRow | string => {
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    return "It is not an object."
  }
  const unknown = Object.keys(record).find(
    (name) => !(COLUMNS as readonly string[]).includes(name)
  )
  if (unknown !== undefined) {
    return `It has a column "${unknown.slice(0, 60)}" that means nothing here. ${EXPECTED}`
  }
  const row: Partial<Record<(typeof COLUMNS)[number], string>> = {}
  for (const column of COLUMNS) {
    const value = (record as Record<string, unknown>)[column]
    if (value === undefined || value === null || value === "") {
      continue
    }
    if (typeof value !== "string") {
      return `Its ${column} is not text.`
    }
    row[column] = value.trim()
  }

  const { value, ...rest } = row
  if (!value) {
    return "It has no value."
  }
  if (!rest.platform_id && !rest.provider) {
    return "It names neither a platform_id nor a provider."
  }
  return { ...rest, value }
}
