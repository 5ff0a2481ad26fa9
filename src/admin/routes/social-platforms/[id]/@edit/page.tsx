import { RouteDrawer } from "@medusajs/dashboard/components"
import { useParams } from "react-router-dom"
import { CalmMessage, ErrorState } from "../../../../components/error-state"
import { FormSkeleton } from "../../../../components/loading"
import { DrawerHeader } from "../../../../components/modal-headers"
import { EditPlatformForm } from "../../../../components/platform/edit-platform-form"
import { useSocialPlatform } from "../../../../hooks/use-social-platforms"
import { useSocialProviders } from "../../../../hooks/use-social-providers"

const EditSocialPlatformPage = () => {
  const { id = "" } = useParams()
  const platform = useSocialPlatform(id)
  const providers = useSocialProviders()
  const stored = platform.data?.social_platform
  const provider = providers.findProvider(stored?.provider)
  const error = platform.error ?? providers.error

  return (
    <RouteDrawer>
      <DrawerHeader
        title="Edit platform"
        description="Change this platform's settings and credentials."
      />
      {stored && provider ? (
        <EditPlatformForm platform={stored} provider={provider} />
      ) : (
        <RouteDrawer.Body>
          {error && (
            <ErrorState
              title="This platform could not be loaded"
              error={error}
              onRetry={() => {
                void platform.refetch()
                void providers.refetch()
              }}
            />
          )}
          {!error && stored && providers.providers && (
            <CalmMessage
              title="Provider not available"
              message={`Your application no longer offers "${stored.provider}". Add it back to change this platform.`}
            />
          )}
          {!error && !(stored && providers.providers) && (
            <FormSkeleton rows={5} />
          )}
        </RouteDrawer.Body>
      )}
    </RouteDrawer>
  )
}

export default EditSocialPlatformPage
