import { Copy, Text } from "@medusajs/ui"
import type { CallbackAddress } from "../../../shared/api-types"

type CallbackAddressesProps = { callbacks: CallbackAddress[] }

/** Where the service may tell what happens there, to be entered at the service. */
export const CallbackAddresses = ({ callbacks }: CallbackAddressesProps) =>
  callbacks.length > 0 ? (
    <div className="flex flex-col gap-y-3 px-6 py-4">
      <Text size="small" className="text-ui-fg-subtle">
        With these addresses at the service, your store learns at once when
        access is withdrawn or a post is taken down.
      </Text>
      {callbacks.map(({ name, label, url, verify_token }) => (
        <div key={name} className="flex flex-col gap-y-2">
          <Copyable label={label} text={url} />
          {verify_token && (
            <Copyable label={`${label}, verify token`} text={verify_token} />
          )}
        </div>
      ))}
    </div>
  ) : null

const Copyable = ({ label, text }: { label: string; text: string }) => (
  <div className="flex flex-col gap-y-1">
    <Text
      size="small"
      weight="plus"
      leading="compact"
      className="text-ui-fg-subtle"
    >
      {label}
    </Text>
    <div className="bg-ui-bg-subtle border-ui-border-base flex items-center justify-between gap-x-2 rounded-md border px-3 py-2">
      <code className="txt-compact-small text-ui-fg-base min-w-0 break-all font-mono">
        {text}
      </code>
      <Copy content={text} aria-label={`Copy: ${label}`} />
    </div>
  </div>
)
