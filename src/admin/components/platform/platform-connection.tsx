import { SectionRow } from "@medusajs/dashboard/components"
import { Alert, Text } from "@medusajs/ui"
import { Link } from "react-router-dom"
import { daysUntil, formatDate, formatDateTime } from "../../lib/format"
import { testWords } from "../../lib/labels"
import { platformTrouble } from "../../lib/platform-trouble"
import { connectsByRedirect, getsItsOwnToken } from "../../lib/provider-facts"
import type {
  RecordedError,
  SocialPlatform,
  SocialProvider,
} from "../../../shared/api-types"
import { RedirectUri } from "../redirect-uri"
import { Section } from "../section"
import { CallbackAddresses } from "./callback-addresses"
import { ConnectionActions } from "./connection-actions"

type PlatformConnectionProps = {
  platform: SocialPlatform
  provider: SocialProvider | undefined
}

const SOON_DAYS = 7

/** Whether the service lets us in, for how long, and what went wrong last. */
export const PlatformConnection = ({
  platform,
  provider,
}: PlatformConnectionProps) => {
  const usesRedirect = connectsByRedirect(provider, platform.auth_type)

  return (
    <Section
      title="Connection"
      actions={<ConnectionActions platform={platform} provider={provider} />}
    >
      <Notice
        platform={platform}
        usesRedirect={usesRedirect}
        getsItsOwn={getsItsOwnToken(provider, platform.auth_type)}
        canTest={provider?.capabilities.verify ?? false}
      />
      {usesRedirect && <MissingScopes scopes={platform.missing_scopes} />}
      {platform.last_error && (
        <LastError
          error={platform.last_error}
          platform={platform}
          provider={provider}
        />
      )}
      {platform.connection !== "not_connected" && (
        <SectionRow title="Test" value={testWords(platform.credential_test)} />
      )}
      {platform.connected_at && (
        <SectionRow
          title="Connected"
          value={formatDateTime(platform.connected_at)}
        />
      )}
      <ExpiryRows platform={platform} />
      {platform.scopes && platform.scopes.length > 0 && (
        <SectionRow title="Permissions" value={platform.scopes.join("\n")} />
      )}
      <SectionRow
        title="Last used"
        value={formatDateTime(platform.last_used_at)}
      />
      {usesRedirect && platform.redirect_uri && (
        <div className="flex flex-col gap-y-2 px-6 py-4">
          <Text
            size="small"
            weight="plus"
            leading="compact"
            className="text-ui-fg-subtle"
          >
            Redirect URI
          </Text>
          <RedirectUri uri={platform.redirect_uri} />
        </div>
      )}
      <CallbackAddresses callbacks={platform.callbacks} />
    </Section>
  )
}

type NoticeProps = {
  platform: SocialPlatform
  usesRedirect: boolean
  getsItsOwn: boolean
  canTest: boolean
}

const Notice = (props: NoticeProps) => {
  const text = noticeText(props)
  if (!text) {
    return null
  }
  return (
    <div className="px-6 py-4">
      <Alert variant={text.variant}>{text.message}</Alert>
    </div>
  )
}

const noticeText = ({
  platform,
  usesRedirect,
  getsItsOwn,
  canTest,
}: NoticeProps): { variant: "info" | "warning"; message: string } | null => {
  if (platform.connection === "not_connected" && getsItsOwn) {
    return {
      variant: "info",
      message:
        "No token yet. Your store gets one by itself when it first needs it; get it now to see whether the client ID and the client secret work.",
    }
  }
  if (platform.connection === "not_connected") {
    return {
      variant: "info",
      message: usesRedirect
        ? "Not connected yet. Connect takes you to the service, where you allow your store to use it."
        : "Not connected yet. Edit this platform and enter its credentials.",
    }
  }
  if (
    platform.connection === "connected" &&
    platform.credential_test.state === "not_tested" &&
    platform.credential_test.at === null &&
    canTest
  ) {
    return {
      variant: "info",
      message:
        "Nobody has asked the service yet whether these credentials work. Test the connection to find out.",
    }
  }
  if (platform.connection === "reauthorization_required") {
    return {
      variant: "warning",
      message: usesRedirect
        ? "Your store has lost its access. Reconnect to get it back."
        : "Your store has lost its access. Edit this platform and enter new credentials to get it back.",
    }
  }
  const deadline = platform.reconnect_before
  const days = daysUntil(deadline)
  return days !== null && days < SOON_DAYS
    ? {
        variant: "warning",
        message: usesRedirect
          ? `The access ends soon. Reconnect before ${formatDate(deadline)}.`
          : `The access ends soon. Enter new credentials before ${formatDate(deadline)}.`,
      }
    : null
}

type MissingScopesProps = { scopes: string[] }

const MissingScopes = ({ scopes }: MissingScopesProps) =>
  scopes.length > 0 ? (
    <div className="px-6 py-4">
      <Alert variant="warning">
        {`Connect again to grant ${scopes.join(", ")}. What needs ${scopes.length === 1 ? "this permission" : "these permissions"} does not work until then.`}
      </Alert>
    </div>
  ) : null

type LastErrorProps = PlatformConnectionProps & { error: RecordedError }

const LastError = ({ error, platform, provider }: LastErrorProps) => {
  const { title, advice, detail, mend } = platformTrouble(
    error,
    platform,
    provider
  )

  return (
    <div className="px-6 py-4">
      <Alert variant="error">
        <span className="flex flex-col gap-y-1">
          <span className="text-ui-fg-base break-words font-medium">
            {title}
          </span>
          <span>{advice}</span>
          {detail && <span className="break-words">{detail}</span>}
          {mend && (
            <Link
              to={mend.to}
              className="text-ui-fg-base w-fit underline underline-offset-2"
            >
              {mend.label}
            </Link>
          )}
          <span className="text-ui-fg-subtle">{formatDateTime(error.at)}</span>
        </span>
      </Alert>
    </div>
  )
}

type ExpiryRowsProps = { platform: SocialPlatform }

const ExpiryRows = ({ platform }: ExpiryRowsProps) => {
  const isConnected = platform.connection !== "not_connected"
  const deadline = isConnected ? platform.reconnect_before : null
  const refreshes = isConnected && platform.refreshes_itself

  return (
    <>
      {deadline && (
        <SectionRow title="Reconnect before" value={formatDateTime(deadline)} />
      )}
      {refreshes && (
        <SectionRow
          title="Access"
          value={
            platform.next_refresh_at
              ? `Refreshed by itself, next time ${formatDateTime(platform.next_refresh_at)}`
              : "Refreshed by itself"
          }
        />
      )}
      {platform.last_refreshed_at && (
        <SectionRow
          title="Last refreshed"
          value={formatDateTime(platform.last_refreshed_at)}
        />
      )}
    </>
  )
}
