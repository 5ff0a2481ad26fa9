import { RouteDrawer, RouteFocusModal } from "@medusajs/dashboard/components"
import { XMark } from "@medusajs/icons"
import { Heading, IconButton, Kbd, clx } from "@medusajs/ui"

type HeaderProps = { title: string; description: string }

const CLASS_NAME =
  "border-ui-border-base flex items-center justify-between gap-x-4 border-b"

/**
 * Headers for routed modals. The stock ones have a close button without a
 * name, which a screen reader announces as just "button".
 */
export const FocusModalHeader = ({ title, description }: HeaderProps) => (
  <div className={clx(CLASS_NAME, "px-4 py-2")}>
    <div className="flex items-center gap-x-2">
      <RouteFocusModal.Close asChild>
        <IconButton
          size="small"
          type="button"
          variant="transparent"
          aria-label="Close"
        >
          <XMark />
        </IconButton>
      </RouteFocusModal.Close>
      <Kbd>esc</Kbd>
    </div>
    <RouteFocusModal.Title asChild>
      <span className="sr-only">{title}</span>
    </RouteFocusModal.Title>
    <RouteFocusModal.Description className="sr-only">
      {description}
    </RouteFocusModal.Description>
  </div>
)

/** The same for drawers, with its title in sight. */
export const DrawerHeader = ({ title, description }: HeaderProps) => (
  <div className={clx(CLASS_NAME, "px-6 py-4")}>
    <RouteDrawer.Title asChild>
      <Heading>{title}</Heading>
    </RouteDrawer.Title>
    <RouteDrawer.Description className="sr-only">
      {description}
    </RouteDrawer.Description>
    <div className="flex items-center gap-x-2">
      <Kbd>esc</Kbd>
      <RouteDrawer.Close asChild>
        <IconButton
          size="small"
          type="button"
          variant="transparent"
          aria-label="Close"
        >
          <XMark />
        </IconButton>
      </RouteDrawer.Close>
    </div>
  </div>
)
