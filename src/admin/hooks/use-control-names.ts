import { useEffect, useRef } from "react"

/**
 * Names controls inside stock components that have no name and take none.
 *
 * @param nameControls puts names on what it finds; runs after every change and
 * has to be a stable function that leaves named controls alone
 * @returns a ref for the element around the component
 */
export const useControlNames = (nameControls: (root: HTMLElement) => void) => {
  const ref = useRef<HTMLDivElement>(null)

  useEffect(() => {
    const root = ref.current
    if (!root) {
      return
    }
    nameControls(root)
    const observer = new MutationObserver(() => nameControls(root))
    observer.observe(root, { childList: true, subtree: true })
    return () => observer.disconnect()
  }, [nameControls])

  return ref
}

/**
 * Names the buttons that show only an icon.
 *
 * @param root where to look
 * @param selector which buttons
 * @param label their name, or a function of each button's place
 */
export const nameIconButtons = (
  root: HTMLElement,
  selector: string,
  label: string | ((index: number) => string)
): void => {
  root.querySelectorAll(selector).forEach((button, index) => {
    if (!button.textContent?.trim() && !button.hasAttribute("aria-label")) {
      button.setAttribute(
        "aria-label",
        typeof label === "string" ? label : label(index)
      )
    }
  })
}

/**
 * Hides icons from screen readers that are announced as pictures and have no name.
 *
 * @param root where to look
 */
export const hideNamelessIcons = (root: HTMLElement): void => {
  for (const icon of root.querySelectorAll('[role="img"]:not([aria-label])')) {
    icon.setAttribute("aria-hidden", "true")
  }
}
