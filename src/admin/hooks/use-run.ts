import { useCallback, useEffect, useRef, useState } from "react"
import { type RunResult, runSteps, type Steps } from "../lib/run-steps"

/** What a run is about, for whoever shows it. */
export type RunSubject<Operation> = {
  operation: Operation
  /** Whether it only looks, and changes nothing. */
  dryRun: boolean
  /** How much there is to go over; null where nobody knows. */
  total: number | null
}

export type RunState<Operation, Totals> =
  | { phase: "idle" }
  | ({
      phase: "running"
      totals: Totals
      isStopping: boolean
    } & RunSubject<Operation>)
  | ({ phase: "finished" } & RunSubject<Operation> & RunResult<Totals>)

/**
 * Runs steps one after the other, and shows how far they are. Leaving the page
 * stops them, as Stop does: after the step that is under way.
 *
 * @returns the state, and how to start, stop and forget a run
 */
export const useRun = <Operation, Totals>() => {
  const [state, setState] = useState<RunState<Operation, Totals>>({
    phase: "idle",
  })
  const stopped = useRef(false)
  const left = useRef(false)

  useEffect(() => {
    left.current = false
    return () => {
      left.current = true
    }
  }, [])

  const start = useCallback(
    async <Cursor>(
      subject: RunSubject<Operation>,
      steps: Steps<Totals, Cursor>
    ): Promise<RunResult<Totals>> => {
      stopped.current = false
      setState({
        ...subject,
        phase: "running",
        totals: steps.none,
        isStopping: false,
      })
      const result = await runSteps(steps, {
        shouldStop: () => stopped.current || left.current,
        onProgress: (totals) =>
          setState((current) =>
            current.phase === "running" ? { ...current, totals } : current
          ),
      })
      setState({ ...subject, ...result, phase: "finished" })
      return result
    },
    []
  )

  const stop = useCallback(() => {
    stopped.current = true
    setState((current) =>
      current.phase === "running" ? { ...current, isStopping: true } : current
    )
  }, [])

  const forget = useCallback(() => setState({ phase: "idle" }), [])

  return {
    state,
    isRunning: state.phase === "running",
    /** Whether the person has left the page, and nothing may begin any more. */
    hasLeft: () => left.current,
    start,
    stop,
    forget,
  }
}
