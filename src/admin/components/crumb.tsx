type CrumbProps = { text: string }

/** A name in the breadcrumbs: a long one must not run under what stands beside them. */
export const Crumb = ({ text }: CrumbProps) => (
  <span title={text} className="block max-w-[240px] truncate">
    {text}
  </span>
)
