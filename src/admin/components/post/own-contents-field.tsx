import { Badge, Button, Text } from "@medusajs/ui"
import { useState } from "react"
import {
  type AccountContent,
  isOwn,
  NOTHING_OWN,
  type Target,
  type WrittenContent,
} from "../../lib/account-content"
import { OwnContent } from "./own-content"

type OwnContentsFieldProps = {
  targets: Target[]
  post: WrittenContent
  onChange: (accountId: string, own: AccountContent) => void
}

/** The chosen accounts, each with what is different there. */
export const OwnContentsField = ({
  targets,
  post,
  onChange,
}: OwnContentsFieldProps) => (
  <ul className="flex flex-col gap-y-2">
    {targets.map((target) => (
      <li key={target.account_id}>
        <AccountItem
          target={target}
          post={post}
          onChange={(own) => onChange(target.account_id, own)}
        />
      </li>
    ))}
  </ul>
)

type AccountItemProps = {
  target: Target
  post: WrittenContent
  onChange: (own: AccountContent) => void
}

const AccountItem = ({ target, post, onChange }: AccountItemProps) => {
  const { account_id, who, publishing, own } = target
  const [isOpen, setIsOpen] = useState(false)

  return (
    <div className="bg-ui-bg-component shadow-elevation-card-rest flex flex-col gap-y-4 rounded-lg p-3">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <span className="flex min-w-0 items-center gap-x-2">
          <Text size="small" className="min-w-0 break-words">
            {who}
          </Text>
          {isOwn(own, publishing.placements[0].value) && (
            <Badge size="2xsmall">Customised</Badge>
          )}
        </span>
        <Button
          type="button"
          size="small"
          variant="transparent"
          aria-expanded={isOpen}
          aria-label={`Customise for ${who}`}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? "Close" : "Customise"}
        </Button>
      </div>
      {isOpen && (
        <OwnContent
          accountId={account_id}
          publishing={publishing}
          post={post}
          value={own ?? NOTHING_OWN}
          onChange={onChange}
        />
      )}
    </div>
  )
}
