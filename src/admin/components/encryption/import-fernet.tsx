import { Button, Checkbox, Label, Text } from "@medusajs/ui"
import { type ChangeEvent, useId, useRef, useState } from "react"
import { parseImportFile } from "../../../shared/parse-import-file"
import type { ImportRow } from "../../../shared/import-rows"
import type { useFernetImport } from "../../hooks/use-fernet-import"
import { errorMessage } from "../../lib/errors"
import { countOf } from "../../lib/format"
import { numberRows } from "../../lib/import-run"
import { Section } from "../section"
import { ImportPanel, RowProblems } from "./import-panel"

type ImportFernetProps = {
  imports: ReturnType<typeof useFernetImport>
  isBusy: boolean
}

type ChosenFile = {
  name: string
  rows: ImportRow[]
  problems: { row: number; message: string }[]
}

/** Takes over tokens that another system encrypted with Fernet. */
export const ImportFernet = ({ imports, isBusy }: ImportFernetProps) => {
  const [file, setFile] = useState<ChosenFile | null>(null)
  const [error, setError] = useState<string | null>(null)
  const [overwrite, setOverwrite] = useState(false)
  const checkboxId = useId()
  const { run, importRows } = imports

  const choose = async (chosen: File) => {
    run.forget()
    try {
      setFile(await readFile(chosen))
      setError(null)
    } catch (problem) {
      setFile(null)
      setError(errorMessage(problem))
    }
  }

  return (
    <Section title="Import">
      <div className="flex flex-col gap-y-4 px-6 py-4">
        <div className="flex flex-col gap-y-2">
          <Text size="small" className="text-ui-fg-subtle text-pretty">
            Take over tokens that another system encrypted with Fernet, from a
            JSON or CSV file. The values stay encrypted on their way to your
            store, which opens them with the Fernet keys in its variable{" "}
            <code className="font-mono">TOKEN_ENCRYPTION_KEY</code>. A dry run
            comes first.
          </Text>
          <Text size="small" className="text-ui-fg-subtle text-pretty">
            Values under scrypt are imported by a script instead, because each
            of them takes tens of milliseconds: see docs/migration.md of the
            plugin.
          </Text>
        </div>
        <div className="flex items-center gap-x-2">
          <Checkbox
            id={checkboxId}
            checked={overwrite}
            disabled={isBusy}
            onCheckedChange={(checked) => setOverwrite(checked === true)}
          />
          <Label htmlFor={checkboxId} size="small">
            Replace secrets that are stored already
          </Label>
        </div>
        <div className="flex flex-wrap items-center gap-3">
          <FileButton
            isBusy={isBusy}
            onChoose={(chosen) => void choose(chosen)}
          />
          {file && (
            <>
              <Button
                type="button"
                size="small"
                disabled={isBusy || file.rows.length === 0}
                onClick={() => void importRows(file.rows, { overwrite })}
              >
                Import
              </Button>
              <Text
                size="small"
                className="text-ui-fg-subtle min-w-0 break-words"
              >
                {file.name}: {countOf(file.rows.length, "row")} to import
              </Text>
            </>
          )}
        </div>
        {error && (
          <Text size="small" className="text-ui-fg-error" role="alert">
            {error}
          </Text>
        )}
        {file && file.problems.length > 0 && (
          <RowProblems
            label="Rows that cannot be read"
            problems={file.problems}
          />
        )}
      </div>
      <ImportPanel state={run.state} onStop={run.stop} onClose={run.forget} />
    </Section>
  )
}

const readFile = async (file: File): Promise<ChosenFile> => {
  const { rows, problems } = parseImportFile(await file.text(), file.name)
  return { name: file.name, rows: numberRows(rows, problems), problems }
}

type FileButtonProps = { isBusy: boolean; onChoose: (file: File) => void }

const FileButton = ({ isBusy, onChoose }: FileButtonProps) => {
  const input = useRef<HTMLInputElement>(null)

  const handleChange = (event: ChangeEvent<HTMLInputElement>) => {
    const [file] = event.target.files ?? []
    if (file) {
      onChoose(file)
    }
    // Choosing the same file again must count as a change.
    event.target.value = ""
  }

  return (
    <>
      <Button
        type="button"
        size="small"
        variant="secondary"
        disabled={isBusy}
        onClick={() => input.current?.click()}
      >
        Choose a file
      </Button>
      <input
        ref={input}
        type="file"
        accept=".json,.csv,application/json,text/csv"
        hidden
        aria-label="File to import"
        onChange={handleChange}
      />
    </>
  )
}
