import {
  KeyboundForm,
  RouteFocusModal,
  useRouteModal,
} from "@medusajs/dashboard/components"
import { Button, Heading, Text, toast } from "@medusajs/ui"
import { useForm } from "react-hook-form"
import { useConnect } from "../../hooks/use-connect"
import { useCreateSocialPlatform } from "../../hooks/use-social-platforms"
import { errorMessage } from "../../lib/errors"
import { submitOnModifiedEnter } from "../../lib/keyboard"
import { announceSaved } from "../../lib/announce-saved"
import {
  platformFormDefaults,
  toCreateBody,
  type PlatformFormValues,
} from "../../lib/platform-form"
import { connectsByRedirect } from "../../lib/provider-facts"
import type { SocialProvider } from "../../../shared/api-types"
import { ExternalLink } from "../external-link"
import { PlatformFields } from "../platform-fields"

type CreatePlatformFormProps = {
  provider: SocialProvider
  onBack: () => void
}

/** The second step of connecting a service: what it needs. */
export const CreatePlatformForm = ({
  provider,
  onBack,
}: CreatePlatformFormProps) => {
  const form = useForm<PlatformFormValues>({
    defaultValues: platformFormDefaults(provider),
  })
  const { handleSuccess } = useRouteModal()
  const create = useCreateSocialPlatform()
  const { connect, isConnecting } = useConnect()
  const needsConsent = connectsByRedirect(provider, form.watch("auth_type"))

  const submit = form.handleSubmit(async (values) => {
    try {
      const { social_platform } = await create.mutateAsync(
        toCreateBody(values, provider)
      )
      if (needsConsent && (await connect(social_platform))) {
        return
      }
      announceSaved(social_platform, provider)
      handleSuccess(`/social-platforms/${social_platform.id}`)
    } catch (error) {
      toast.error("The platform was not saved", {
        description: errorMessage(error),
      })
    } finally {
      create.reset()
    }
  })

  return (
    <RouteFocusModal.Form form={form}>
      <KeyboundForm
        onSubmit={submit}
        onKeyDown={submitOnModifiedEnter}
        className="flex flex-1 flex-col overflow-hidden"
        autoComplete="off"
      >
        <RouteFocusModal.Body className="flex flex-col items-center overflow-y-auto p-8">
          <div className="flex w-full max-w-[560px] flex-col gap-y-6">
            <div className="flex flex-col gap-y-1">
              <Heading level="h1">{provider.label}</Heading>
              <Text size="small" className="text-ui-fg-subtle">
                {provider.description}
              </Text>
              {provider.docs_url && (
                <ExternalLink href={provider.docs_url} className="txt-small">
                  How to get these values
                </ExternalLink>
              )}
            </div>
            <PlatformFields form={form} provider={provider} />
          </div>
        </RouteFocusModal.Body>
        <RouteFocusModal.Footer>
          <Button
            size="small"
            variant="secondary"
            type="button"
            onClick={onBack}
          >
            Choose another service
          </Button>
          <Button
            size="small"
            type="submit"
            isLoading={create.isPending || isConnecting}
          >
            Save and connect
          </Button>
        </RouteFocusModal.Footer>
      </KeyboundForm>
    </RouteFocusModal.Form>
  )
}
