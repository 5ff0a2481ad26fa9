import { Copy, Text } from "@medusajs/ui"

type RedirectUriProps = { uri: string }

/** The address to register at the service, to be copied as it stands. */
export const RedirectUri = ({ uri }: RedirectUriProps) => (
  <div className="flex flex-col gap-y-1">
    <div className="bg-ui-bg-subtle border-ui-border-base flex items-center justify-between gap-x-2 rounded-md border px-3 py-2">
      <code className="txt-compact-small text-ui-fg-base min-w-0 break-all font-mono">
        {uri}
      </code>
      <Copy content={uri} aria-label="Copy the redirect URI" />
    </div>
    <Text size="small" className="text-ui-fg-subtle">
      Register exactly this address as a redirect (callback) URI in your
      application at the service.
    </Text>
  </div>
)
