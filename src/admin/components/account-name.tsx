import { AccountAvatar } from "./account-avatar"

type AccountNameProps = {
  account: { name: string; username: string | null; avatar_url: string | null }
}

/** An account as a person recognises it: picture, name, user name. */
export const AccountName = ({ account }: AccountNameProps) => (
  <span className="flex min-w-0 items-center gap-x-3">
    <AccountAvatar name={account.name} src={account.avatar_url} size="small" />
    <span className="flex min-w-0 flex-col">
      <span
        title={account.name}
        className="txt-compact-small-plus text-ui-fg-base truncate"
      >
        {account.name}
      </span>
      {account.username && (
        <span className="txt-compact-xsmall text-ui-fg-subtle truncate">
          @{account.username}
        </span>
      )}
    </span>
  </span>
)
