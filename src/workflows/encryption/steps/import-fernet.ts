import { createStep, StepResponse } from "@medusajs/framework/workflows-sdk"
import {
  importRows,
  type ImportRowsInput,
} from "../../../credentials/imports/import-rows"
import { fernetOpener } from "../../../credentials/imports/opener"

export const importFernetStepId = "import-fernet"

/**
 * There is nothing to undo: each row stands for itself, and running the import
 * again goes on where it stopped.
 */
export const importFernetStep = createStep(
  { name: importFernetStepId, noCompensation: true },
  async (input: ImportRowsInput, { container }) =>
    new StepResponse(
      await importRows(container, fernetOpener(process.env), input)
    )
)
