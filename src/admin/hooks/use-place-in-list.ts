import { useEffect, useRef } from "react"
import { isFocusLost } from "./use-focus-when-lost"

type Rows = {
  /** The entries, in order. */
  ids: string[]
  /** Id of the element that shows an entry. */
  rowId: (id: string) => string
  /** Id of the element that takes the focus when no entry is left. */
  restId: string
}

/**
 * Keeps a keyboard's place in a list whose entries move, or vanish once they
 * are settled: at the entry's own button, or at the one that follows it.
 *
 * @param rows what is shown now
 * @returns tells that a person has used an entry's button
 */
export const usePlaceInList = ({ ids, rowId, restId }: Rows) => {
  const used = useRef<string | null>(null)
  const shown = useRef(ids)

  useEffect(() => {
    const before = shown.current
    shown.current = ids
    const id = used.current
    if (id === null) {
      return
    }
    const row = document.getElementById(rowId(id))
    if (row?.querySelector("button:disabled")) {
      return
    }
    used.current = null
    if (!isFocusLost()) {
      return
    }
    const next = ids[Math.min(before.indexOf(id), ids.length - 1)]
    const target =
      row?.querySelector<HTMLElement>("button") ??
      document.getElementById(rowId(next))?.querySelector<HTMLElement>("a") ??
      document.getElementById(restId)
    target?.focus()
  })

  return (id: string) => {
    used.current = id
  }
}
