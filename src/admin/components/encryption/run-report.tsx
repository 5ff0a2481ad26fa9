import { Alert, Button } from "@medusajs/ui"
import type { ReactNode } from "react"
import { useFocusWhenLost } from "../../hooks/use-focus-when-lost"
import { errorMessage } from "../../lib/errors"
import type { RunOutcome } from "../../lib/run-steps"

type RunReportProps = {
  title: string
  outcome: RunOutcome
  /** Whether something in it needs a look, also where the run went through. */
  hasProblems: boolean
  error?: unknown
  sentences: string[]
  onClose: () => void
  /** Details, as tables. */
  children?: ReactNode
}

const VARIANTS = {
  complete: "success",
  stopped: "warning",
  failed: "error",
} as const

/** What a run came to. */
export const RunReport = ({
  title,
  outcome,
  hasProblems,
  error,
  sentences,
  onClose,
  children,
}: RunReportProps) => (
  <div
    ref={useFocusWhenLost<HTMLDivElement>()}
    tabIndex={-1}
    role="group"
    aria-label={title}
    className="flex flex-col gap-y-4 px-6 py-4 outline-none"
  >
    <Alert
      role="status"
      variant={
        hasProblems && outcome === "complete" ? "warning" : VARIANTS[outcome]
      }
    >
      <span className="flex flex-col gap-y-1">
        <span className="text-ui-fg-base font-medium">{title}</span>
        {error !== undefined && <span>{errorMessage(error)}</span>}
        {sentences.map((sentence) => (
          <span key={sentence}>{sentence}</span>
        ))}
      </span>
    </Alert>
    {children}
    <div>
      <Button type="button" size="small" variant="secondary" onClick={onClose}>
        Close the report
      </Button>
    </div>
  </div>
)
