import { ArrowUpRightOnBox } from "@medusajs/icons"
import { clx } from "@medusajs/ui"
import type { ReactNode } from "react"

type ExternalLinkProps = {
  href: string
  children: ReactNode
  className?: string
}

/** A link that leaves the dashboard; unsafe addresses are shown as text. */
export const ExternalLink = ({
  href,
  children,
  className,
}: ExternalLinkProps) => {
  // The address comes from another service: a `javascript:` one must not run.
  if (!/^https?:\/\//i.test(href)) {
    return <span className={className}>{children}</span>
  }
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer"
      className={clx(
        "text-ui-fg-base hover:text-ui-fg-subtle inline-flex items-center gap-x-1 underline underline-offset-2",
        className
      )}
    >
      {children}
      <ArrowUpRightOnBox aria-hidden className="shrink-0" />
      <span className="sr-only">(opens in a new tab)</span>
    </a>
  )
}
