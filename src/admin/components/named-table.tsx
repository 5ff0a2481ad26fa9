import type { ReactNode } from "react"
import {
  hideNamelessIcons,
  nameIconButtons,
  useControlNames,
} from "../hooks/use-control-names"

type NamedTableProps = { label: string; children: ReactNode }

const nameControls = (root: HTMLElement) => {
  nameIconButtons(root, 'button[aria-haspopup="menu"]', (index) =>
    index === 0 ? "Filter" : "Sort"
  )
  nameIconButtons(root, "button:not([aria-haspopup])", "Remove filter")
  hideNamelessIcons(root)
}

/** A data table whose icon buttons have names. */
export const NamedTable = ({ label, children }: NamedTableProps) => (
  <div
    ref={useControlNames(nameControls)}
    role="region"
    aria-label={label}
    // On a phone the stock toolbar squeezes its buttons until they are cut off.
    className="max-md:[&_.justify-between]:flex-wrap max-md:[&_a]:shrink-0 max-md:[&_button]:shrink-0"
  >
    {children}
  </div>
)
