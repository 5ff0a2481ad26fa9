import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import {
  importRows,
  type ImportRowsInput,
} from "../../../credentials/imports/import-rows"
import { scryptOpener } from "../../../credentials/imports/opener"

export const importScryptStepId = "import-scrypt"

/** There is nothing to undo; see the import of Fernet tokens. */
export const importScryptStep = createStep(
  { name: importScryptStepId, noCompensation: true },
  async (input: ImportRowsInput, { container }) =>
    new StepResponse(
      await importRows(container, scryptOpener(process.env), input)
    )
)
