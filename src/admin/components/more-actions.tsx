import { ActionMenu, type ActionGroup } from "@medusajs/dashboard/components"
import { EllipsisHorizontal } from "@medusajs/icons"
import { IconButton } from "@medusajs/ui"

type MoreActionsProps = {
  /** Names the button for those who cannot see the three dots. */
  label: string
  groups: ActionGroup[]
}

/** The three-dots menu of a section. */
export const MoreActions = ({ label, groups }: MoreActionsProps) => (
  <ActionMenu groups={groups}>
    <IconButton size="small" variant="transparent" aria-label={label}>
      <EllipsisHorizontal />
    </IconButton>
  </ActionMenu>
)
