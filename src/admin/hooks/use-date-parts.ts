import { useEffect, useLayoutEffect, useRef, type RefObject } from "react"

/** How many parts of a date (month, day, hour …) have a value, and how many have none. */
export type DateParts = { filled: number; empty: number }

/**
 * Watches the parts that a stock date picker shows. Its own `onChange` speaks
 * of whole dates only.
 *
 * @param onChange is told the parts each time something changes in the picker
 * @returns a ref for the element around the picker
 */
export const useDateParts = (
  onChange: (parts: DateParts) => void
): RefObject<HTMLDivElement> => {
  const ref = useRef<HTMLDivElement>(null)
  const latest = useRef(onChange)

  useLayoutEffect(() => {
    latest.current = onChange
  })

  useEffect(() => {
    const root = ref.current
    if (!root) {
      return
    }
    const observer = new MutationObserver(() => latest.current(partsIn(root)))
    observer.observe(root, {
      subtree: true,
      childList: true,
      characterData: true,
      attributeFilter: ["data-placeholder"],
    })
    return () => observer.disconnect()
  }, [])

  return ref
}

const partsIn = (root: HTMLElement): DateParts => {
  const parts = root.querySelectorAll("[contenteditable]").length
  const empty = root.querySelectorAll("[data-placeholder]").length
  return { filled: parts - empty, empty }
}
