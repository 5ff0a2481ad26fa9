import type { KeyboardEvent } from "react"

/**
 * Sends a form on Ctrl+Enter or Cmd+Enter, from wherever in it. Enter alone
 * does what the browser does with it; the stock form takes it away from the
 * buttons too. Where Enter in a text field must not send, as in a form with
 * fields that have a use of their own for it, no button has the type "submit".
 *
 * @param event a key that was pressed in the form
 */
export const submitOnModifiedEnter = (
  event: KeyboardEvent<HTMLFormElement>
): void => {
  if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) {
    event.preventDefault()
    event.currentTarget.requestSubmit()
  }
}
