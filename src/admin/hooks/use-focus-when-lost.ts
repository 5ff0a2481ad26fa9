import { useEffect, useRef } from "react"

/** Whether the keyboard has no place: the control that had it is gone or disabled. */
export const isFocusLost = (): boolean => {
  const { activeElement } = document
  return (
    !activeElement ||
    activeElement === document.body ||
    activeElement.matches(":disabled")
  )
}

/**
 * Takes the focus when an element appears in the place of the control that had
 * it, so that a keyboard goes on from there and a screen reader reads it.
 *
 * @returns a ref for an element with `tabIndex={-1}`
 */
export const useFocusWhenLost = <T extends HTMLElement>() => {
  const ref = useRef<T>(null)

  useEffect(() => {
    if (isFocusLost()) {
      ref.current?.focus()
    }
  }, [])

  return ref
}

/**
 * Gives a button the focus back that it loses while it is busy, and so disabled.
 *
 * @param isBusy whether its work goes on
 * @returns a ref for the button
 */
export const useFocusAfterWork = (isBusy: boolean) => {
  const ref = useRef<HTMLButtonElement>(null)
  const wasBusy = useRef(false)

  useEffect(() => {
    if (wasBusy.current && !isBusy && isFocusLost()) {
      ref.current?.focus()
    }
    wasBusy.current = isBusy
  }, [isBusy])

  return ref
}
