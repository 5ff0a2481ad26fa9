import {
  KeyboundForm,
  RouteDrawer,
  useRouteModal,
} from "@medusajs/dashboard/components"
import { Button, toast } from "@medusajs/ui"
import { useForm } from "react-hook-form"
import { useSearchParams } from "react-router-dom"
import { useUpdateSocialPlatform } from "../../hooks/use-social-platforms"
import { announceSaved } from "../../lib/announce-saved"
import { errorMessage } from "../../lib/errors"
import { submitOnModifiedEnter } from "../../lib/keyboard"
import {
  platformFormDefaults,
  toUpdateBody,
  type PlatformFormValues,
} from "../../lib/platform-form"
import type { SocialPlatform, SocialProvider } from "../../../shared/api-types"
import { PlatformFields } from "../platform-fields"

type EditPlatformFormProps = {
  platform: SocialPlatform
  provider: SocialProvider
}

/** Changes a platform; what is not entered again of its secrets stays stored. */
export const EditPlatformForm = ({
  platform,
  provider,
}: EditPlatformFormProps) => {
  const form = useForm<PlatformFormValues>({
    defaultValues: platformFormDefaults(provider, platform),
  })
  const { handleSuccess } = useRouteModal()
  const [search] = useSearchParams()
  const update = useUpdateSocialPlatform(platform.id)

  const submit = form.handleSubmit(async (values) => {
    try {
      const { social_platform } = await update.mutateAsync(
        toUpdateBody(values, provider, platform)
      )
      announceSaved(social_platform, provider)
      handleSuccess()
    } catch (error) {
      toast.error("The platform was not saved", {
        description: errorMessage(error),
      })
    } finally {
      update.reset()
    }
  })

  return (
    <RouteDrawer.Form form={form}>
      <KeyboundForm
        onSubmit={submit}
        onKeyDown={submitOnModifiedEnter}
        className="flex flex-1 flex-col overflow-hidden"
        autoComplete="off"
      >
        <RouteDrawer.Body className="overflow-y-auto">
          <PlatformFields
            form={form}
            provider={provider}
            platform={platform}
            focus={search.get("field") ?? undefined}
          />
        </RouteDrawer.Body>
        <RouteDrawer.Footer>
          <RouteDrawer.Close asChild>
            <Button size="small" variant="secondary" type="button">
              Cancel
            </Button>
          </RouteDrawer.Close>
          <Button size="small" type="submit" isLoading={update.isPending}>
            Save
          </Button>
        </RouteDrawer.Footer>
      </KeyboundForm>
    </RouteDrawer.Form>
  )
}
