import { LayoutComposer } from "@medusajs/dashboard/components"
import { useParams, type UIMatch } from "react-router-dom"
import { Crumb } from "../../../components/crumb"
import { ErrorState } from "../../../components/error-state"
import { DetailSkeleton } from "../../../components/loading"
import { PlatformAccounts } from "../../../components/platform/platform-accounts"
import { PlatformActivity } from "../../../components/platform/platform-activity"
import { PlatformConnection } from "../../../components/platform/platform-connection"
import { PlatformCredentials } from "../../../components/platform/platform-credentials"
import { PlatformGeneral } from "../../../components/platform/platform-general"
import { PlatformProfileSection } from "../../../components/platform/platform-profile"
import { PlatformSettings } from "../../../components/platform/platform-settings"
import { useSocialPlatform } from "../../../hooks/use-social-platforms"
import { useSocialProviders } from "../../../hooks/use-social-providers"

const SocialPlatformPage = () => {
  const { id = "" } = useParams()
  const { data, error, refetch } = useSocialPlatform(id)
  const { findProvider } = useSocialProviders()
  const platform = data?.social_platform

  if (!platform) {
    return error ? (
      <ErrorState
        title="This platform could not be loaded"
        error={error}
        onRetry={() => void refetch()}
        back={{ to: "/social-platforms", label: "All platforms" }}
      />
    ) : (
      <DetailSkeleton />
    )
  }

  const provider = findProvider(platform.provider)
  const section = { platform, provider }

  return (
    <LayoutComposer
      widgetsZonePrefix="social_platform.details"
      preferredLayoutId="core:two-column"
      data={platform}
      sections={{
        main: (
          <>
            <LayoutComposer.Entry id="SocialPlatformGeneral">
              <PlatformGeneral {...section} />
            </LayoutComposer.Entry>
            <LayoutComposer.Entry id="SocialPlatformConnection">
              <PlatformConnection {...section} />
            </LayoutComposer.Entry>
            {provider?.capabilities.accounts !== false && (
              <LayoutComposer.Entry id="SocialPlatformAccounts">
                <PlatformAccounts {...section} />
              </LayoutComposer.Entry>
            )}
            <LayoutComposer.Entry id="SocialPlatformActivity">
              <PlatformActivity {...section} />
            </LayoutComposer.Entry>
          </>
        ),
        side: (
          <>
            {provider?.capabilities.profile !== false && (
              <LayoutComposer.Entry id="SocialPlatformProfile">
                <PlatformProfileSection profile={platform.profile} />
              </LayoutComposer.Entry>
            )}
            <LayoutComposer.Entry id="SocialPlatformCredentials">
              <PlatformCredentials {...section} />
            </LayoutComposer.Entry>
            <LayoutComposer.Entry id="SocialPlatformSettings">
              <PlatformSettings {...section} />
            </LayoutComposer.Entry>
          </>
        ),
      }}
    />
  )
}

const Breadcrumb = ({ id }: { id: string }) => {
  const { data } = useSocialPlatform(id)
  return <Crumb text={data?.social_platform.name ?? "Platform"} />
}

export const handle = {
  breadcrumb: (match: UIMatch) => <Breadcrumb id={match.params.id ?? ""} />,
}

export default SocialPlatformPage
