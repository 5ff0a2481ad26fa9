import { Button, toast, usePrompt } from "@medusajs/ui"
import { useConnect } from "../../hooks/use-connect"
import {
  useDisconnectSocialPlatform,
  useTestSocialPlatform,
} from "../../hooks/use-social-platforms"
import { useFocusAfterWork } from "../../hooks/use-focus-when-lost"
import { revocationText } from "../../lib/activity-words"
import { errorMessage } from "../../lib/errors"
import { connectsByRedirect, getsItsOwnToken } from "../../lib/provider-facts"
import type { SocialPlatform, SocialProvider } from "../../../shared/api-types"
import { serviceName } from "../../../shared/trouble"

type ActionsProps = {
  platform: SocialPlatform
  provider: SocialProvider | undefined
}

/** Connect or reconnect, test and disconnect, as far as they make sense now. */
export const ConnectionActions = ({ platform, provider }: ActionsProps) => {
  const usesRedirect = connectsByRedirect(provider, platform.auth_type)
  const isConnected = platform.connection === "connected"
  const hasCredentials = platform.connection !== "not_connected"
  const lacksFirstToken =
    !hasCredentials && getsItsOwnToken(provider, platform.auth_type)

  return (
    <>
      {provider?.capabilities.verify && (hasCredentials || lacksFirstToken) && (
        <TestButton platform={platform} isFirst={lacksFirstToken} />
      )}
      {usesRedirect && hasCredentials && (
        <DisconnectButton
          platform={platform}
          service={serviceName(platform, provider?.label)}
        />
      )}
      {usesRedirect && (
        <ConnectButton platform={platform} isConnected={isConnected} />
      )}
    </>
  )
}

type ConnectButtonProps = {
  platform: Pick<SocialPlatform, "id" | "provider" | "connection">
  isConnected: boolean
  /** What the button is for, where there are several on a page. */
  label?: string
}

/** Goes to the service, where the person gives their consent, for the first time or again. */
export const ConnectButton = ({
  platform,
  isConnected,
  label,
}: ConnectButtonProps) => {
  const { connect, isConnecting } = useConnect()

  return (
    <Button
      size="small"
      variant={isConnected ? "secondary" : "primary"}
      isLoading={isConnecting}
      aria-label={label}
      onClick={() => void connect(platform)}
    >
      {platform.connection === "not_connected" ? "Connect" : "Reconnect"}
    </Button>
  )
}

type TestButtonProps = {
  platform: Pick<SocialPlatform, "id">
  /** What the button is for, where there are several on a page. */
  label?: string
  /** Whether the platform gets its first token by this. */
  isFirst?: boolean
  /** Is told when a person uses the button. */
  onRun?: () => void
}

/** Asks the service whether the stored credentials work. */
export const TestButton = ({
  platform,
  label,
  isFirst = false,
  onRun,
}: TestButtonProps) => {
  const verify = useTestSocialPlatform(platform.id)
  const ref = useFocusAfterWork(verify.isPending)

  const run = async () => {
    onRun?.()
    try {
      const { verification } = await verify.mutateAsync()
      if (verification.ok) {
        toast.success("The connection works", {
          description: verification.message,
        })
        return
      }
      toast.warning("The connection does not work", {
        description: verification.message,
      })
    } catch (error) {
      toast.error("The connection could not be tested", {
        description: errorMessage(error),
      })
    }
  }

  return (
    <Button
      ref={ref}
      size="small"
      variant={isFirst ? "primary" : "secondary"}
      isLoading={verify.isPending}
      aria-label={label}
      onClick={() => void run()}
    >
      {isFirst ? "Get first token" : "Test connection"}
    </Button>
  )
}

type DisconnectButtonProps = { platform: SocialPlatform; service: string }

const DisconnectButton = ({ platform, service }: DisconnectButtonProps) => {
  const prompt = usePrompt()
  const disconnect = useDisconnectSocialPlatform(platform.id)

  const run = async () => {
    const confirmed = await prompt({
      title: `Disconnect ${platform.name}?`,
      description:
        "The access is withdrawn at the service where it allows that, and the stored tokens are erased. Scheduled posts to its accounts will not be published.",
      confirmText: "Disconnect",
      cancelText: "Cancel",
    })
    if (!confirmed) {
      return
    }
    try {
      const revocation = await disconnect.mutateAsync()
      const tell = revocation.revoked ? toast.success : toast.warning
      tell("Disconnected", {
        description: `The tokens are erased here. ${revocationText(revocation, service)}`,
      })
    } catch (error) {
      toast.error("The platform was not disconnected", {
        description: errorMessage(error),
      })
    }
  }

  return (
    <Button
      size="small"
      variant="secondary"
      isLoading={disconnect.isPending}
      onClick={() => void run()}
    >
      Disconnect
    </Button>
  )
}
