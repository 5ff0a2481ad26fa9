import { RouteFocusModal } from "@medusajs/dashboard/components"
import { useState } from "react"
import { ErrorState } from "../../../components/error-state"
import { FormSkeleton } from "../../../components/loading"
import { FocusModalHeader } from "../../../components/modal-headers"
import { CreatePlatformForm } from "../../../components/platform/create-platform-form"
import { ProviderPicker } from "../../../components/platform/provider-picker"
import { useSocialProviders } from "../../../hooks/use-social-providers"

const CreateSocialPlatformPage = () => {
  const { providers, error, refetch, findProvider } = useSocialProviders()
  const [identifier, setIdentifier] = useState<string>()
  const provider = findProvider(identifier)

  return (
    <RouteFocusModal>
      <FocusModalHeader
        title="Connect a service"
        description="Choose a service and enter what it needs."
      />
      {provider ? (
        <CreatePlatformForm
          key={provider.identifier}
          provider={provider}
          onBack={() => setIdentifier(undefined)}
        />
      ) : (
        <RouteFocusModal.Body className="flex flex-col items-center overflow-y-auto p-8">
          <div className="flex w-full max-w-[720px] flex-col gap-y-6">
            {error && (
              <ErrorState
                title="The services could not be loaded"
                error={error}
                onRetry={() => void refetch()}
              />
            )}
            {!error && !providers && <FormSkeleton rows={4} />}
            {providers && (
              <ProviderPicker providers={providers} onPick={setIdentifier} />
            )}
          </div>
        </RouteFocusModal.Body>
      )}
    </RouteFocusModal>
  )
}

export default CreateSocialPlatformPage
