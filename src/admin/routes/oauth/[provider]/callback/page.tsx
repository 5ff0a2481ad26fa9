import { Spinner } from "@medusajs/icons"
import { Button, Container, Heading, Text, toast } from "@medusajs/ui"
import { useQueryClient } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { Link, useNavigate, useParams } from "react-router-dom"
import { CalmMessage } from "../../../../components/error-state"
import { accountKeys, platformKeys } from "../../../../hooks/query-keys"
import { useRefusedRegistration } from "../../../../hooks/use-refused-registration"
import {
  connectingPlatform,
  wayBack,
} from "../../../../lib/connecting-platform"
import { errorMessage } from "../../../../lib/errors"
import {
  exchangeOnce,
  readCallbackParams,
  type CallbackParams,
} from "../../../../lib/oauth-callback"
import { sdk } from "../../../../lib/sdk"
import type { SocialPlatform } from "../../../../../shared/api-types"

type CallbackResponse = { social_platform: SocialPlatform }

const NOTHING_TO_DO =
  "This page finishes a connection that starts on a platform's page. There is nothing to finish here: open the platform and choose Connect."

const finishConnection = (provider: string, params: CallbackParams) =>
  sdk.client.fetch<CallbackResponse>(
    `/admin/oauth/${encodeURIComponent(provider)}/callback`,
    { method: "POST", body: params }
  )

const OAuthCallbackPage = () => {
  const { provider = "" } = useParams()
  const navigate = useNavigate()
  const client = useQueryClient()
  const [params] = useState(() => readCallbackParams(window.location.hash))
  const [failure, setFailure] = useState<string | null>(
    params ? null : NOTHING_TO_DO
  )

  useEffect(() => {
    // A code must not stay in the address bar, the history or a screenshot.
    window.history.replaceState(
      window.history.state,
      "",
      window.location.pathname
    )
    if (!params) {
      return
    }
    if (!params.state) {
      setFailure(refusal(params))
      return
    }

    let isCurrent = true
    exchangeOnce(params.state, () => finishConnection(provider, params))
      .then(({ social_platform }) => {
        if (!isCurrent) {
          return
        }
        void client.invalidateQueries({ queryKey: platformKeys.all })
        void client.invalidateQueries({ queryKey: accountKeys.all })
        toast.success("Connected", {
          description: `${social_platform.name} is ready to use.`,
        })
        navigate(`/social-platforms/${social_platform.id}`, { replace: true })
      })
      .catch((error: unknown) => {
        if (isCurrent) {
          setFailure(errorMessage(error))
        }
      })
    return () => {
      isCurrent = false
    }
  }, [client, navigate, params, provider])

  if (!failure) {
    return (
      <Container
        role="status"
        className="flex min-h-[240px] flex-col items-center justify-center gap-y-4 p-8 text-center"
      >
        <Spinner className="text-ui-fg-interactive animate-spin" aria-hidden />
        <Heading level="h1">Finishing the connection</Heading>
        <Text size="small" className="text-ui-fg-subtle">
          This takes a few seconds. You are sent on when it is done.
        </Text>
      </Container>
    )
  }
  return <Failure title={failureTitle(params)} message={withAdvice(failure)} />
}

type FailureProps = { title: string; message: string }

/** Why the connection was not made, and where to mend it. */
const Failure = ({ title, message }: FailureProps) => {
  const trouble = useRefusedRegistration(connectingPlatform())

  return (
    <CalmMessage
      title={title}
      message={trouble ? `${trouble.title}. ${trouble.advice}` : message}
    >
      <Button size="small" variant="secondary" asChild>
        <Link to={wayBack()}>Go back</Link>
      </Button>
      {trouble?.mend && (
        <Button size="small" asChild>
          <Link to={trouble.mend.to}>{trouble.mend.label}</Link>
        </Button>
      )}
    </CalmMessage>
  )
}

const failureTitle = (params: CallbackParams | null): string => {
  if (!params) {
    return "No connection to finish"
  }
  return params.error === "access_denied"
    ? "The access was refused"
    : "The connection was not made"
}

/** The API's own advice, where it has some, fits better than a general one. */
const withAdvice = (failure: string): string =>
  failure.includes("Connect")
    ? failure
    : `${failure} To try again, go back and choose Connect.`

const refusal = ({ error, error_description }: CallbackParams): string =>
  `The service said: ${error_description ?? error ?? "no reason given"}. Nothing was changed.`

export default OAuthCallbackPage
