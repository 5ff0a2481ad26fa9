import { ActionMenu, type ActionGroup } from "@medusajs/dashboard/components"
import { EllipsisHorizontal } from "@medusajs/icons"
import { IconButton } from "@medusajs/ui"
import type { Ref } from "react"

type MoreActionsProps = {
  /** Names the button for those who cannot see the three dots. */
  label: string
  groups: ActionGroup[]
  /** The button, for what gives the focus back to it. */
  buttonRef?: Ref<HTMLButtonElement>
}

/** The three-dots menu of a section. */
export const MoreActions = ({ label, groups, buttonRef }: MoreActionsProps) => (
  <ActionMenu groups={groups}>
    <IconButton
      ref={buttonRef}
      size="small"
      variant="transparent"
      aria-label={label}
    >
      <EllipsisHorizontal />
    </IconButton>
  </ActionMenu>
)
