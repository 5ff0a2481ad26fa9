import { Container, Heading } from "@medusajs/ui"
import type { ReactNode } from "react"

type SectionProps = {
  title: string
  /** Badges next to the title. */
  badges?: ReactNode
  /** Buttons at the end of the title's line. */
  actions?: ReactNode
  level?: "h1" | "h2"
  children: ReactNode
}

/** A titled part of a detail page. */
export const Section = ({
  title,
  badges,
  actions,
  level = "h2",
  children,
}: SectionProps) => (
  <Container className="divide-y p-0">
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-6 py-4">
      {/* Room for a word: a long name wraps, and leaves the buttons in their place. */}
      <div className="flex min-w-0 flex-1 basis-[140px] flex-wrap items-center gap-x-3 gap-y-1">
        <Heading level={level} className="min-w-0 break-words">
          {title}
        </Heading>
        {badges}
      </div>
      {actions && <div className="flex items-center gap-x-2">{actions}</div>}
    </div>
    {children}
  </Container>
)
