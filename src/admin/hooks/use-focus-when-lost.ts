import { useEffect, useRef } from "react"

/**
 * Takes the focus when an element appears in the place of the control that had
 * it, so that a keyboard goes on from there and a screen reader reads it.
 *
 * @returns a ref for an element with `tabIndex={-1}`
 */
export const useFocusWhenLost = <T extends HTMLElement>() => {
  const ref = useRef<T>(null)

  useEffect(() => {
    const { activeElement } = document
    const isLost =
      !activeElement ||
      activeElement === document.body ||
      activeElement.matches(":disabled")
    if (isLost) {
      ref.current?.focus()
    }
  }, [])

  return ref
}
