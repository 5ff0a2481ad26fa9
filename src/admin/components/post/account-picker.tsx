import { Checkbox, Text } from "@medusajs/ui"
import { useId } from "react"
import { Link } from "react-router-dom"
import type {
  AccountChoice,
  AccountGroup,
} from "../../hooks/use-publishing-accounts"
import { humanize } from "../../lib/format"
import { AccountName } from "../account-name"

type AccountPickerProps = {
  groups: AccountGroup[]
  value: string[]
  onChange: (accountIds: string[]) => void
}

/** The accounts to publish to, by platform; those that cannot be used say why. */
export const AccountPicker = ({
  groups,
  value,
  onChange,
}: AccountPickerProps) => {
  const toggle = (accountId: string, checked: boolean) =>
    onChange(
      checked
        ? [...value, accountId]
        : value.filter((chosen) => chosen !== accountId)
    )

  if (groups.length === 0) {
    return (
      <Text size="small" className="text-ui-fg-subtle">
        There is nothing to publish to yet.{" "}
        <Link
          to="/social-platforms/create"
          className="text-ui-fg-base underline underline-offset-2"
        >
          Connect a service
        </Link>{" "}
        first.
      </Text>
    )
  }
  return (
    <div className="flex flex-col gap-y-4">
      {groups.map(({ platform, provider, choices, obstacle }) => (
        <fieldset key={platform.id} className="flex flex-col gap-y-2">
          <legend className="txt-compact-small text-ui-fg-subtle mb-2">
            {platform.name}
            {platform.name !== provider.label && ` · ${provider.label}`}
          </legend>
          {choices.map((choice) => (
            <AccountOption
              key={choice.account.id}
              choice={choice}
              checked={value.includes(choice.account.id)}
              onChange={(checked) => toggle(choice.account.id, checked)}
            />
          ))}
          {choices.length === 0 && (
            <Text size="small" className="text-ui-fg-subtle">
              {obstacle ?? "No accounts yet"}.{" "}
              <Link
                to={`/social-platforms/${platform.id}`}
                className="text-ui-fg-base underline underline-offset-2"
              >
                {obstacle ? "Open the platform" : "Open the platform to sync"}
              </Link>
            </Text>
          )}
        </fieldset>
      ))}
    </div>
  )
}

type AccountOptionProps = {
  choice: AccountChoice
  checked: boolean
  onChange: (checked: boolean) => void
}

const AccountOption = ({ choice, checked, onChange }: AccountOptionProps) => {
  const id = useId()
  const { account, obstacle } = choice

  return (
    <div className="bg-ui-bg-component shadow-elevation-card-rest flex items-center gap-x-3 rounded-lg px-3 py-2">
      <Checkbox
        id={id}
        checked={checked}
        // A chosen account that has become unusable can still be taken out.
        disabled={obstacle !== null && !checked}
        onCheckedChange={(next) => onChange(next === true)}
      />
      <label
        htmlFor={id}
        className="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-x-3 gap-y-1"
      >
        <AccountName account={account} />
        <span className="txt-compact-small text-ui-fg-subtle">
          {obstacle ?? humanize(account.kind)}
        </span>
      </label>
    </div>
  )
}
