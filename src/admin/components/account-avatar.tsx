import { Avatar } from "@medusajs/ui"

type AccountAvatarProps = {
  name: string
  src: string | null
  size: "small" | "large"
}

/** A picture beside a name. The stock avatar's image takes no alternative text. */
export const AccountAvatar = ({ name, src, size }: AccountAvatarProps) => (
  <span aria-hidden className="flex shrink-0">
    <Avatar
      size={size}
      src={src ?? undefined}
      fallback={name.charAt(0).toUpperCase()}
    />
  </span>
)
