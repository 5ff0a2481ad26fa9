import { LayoutComposer } from "@medusajs/dashboard/components"
import { useParams, type UIMatch } from "react-router-dom"
import { Crumb } from "../../../../components/crumb"
import { ErrorState } from "../../../../components/error-state"
import { DetailSkeleton } from "../../../../components/loading"
import { MediaContent } from "../../../../components/media/media-content"
import { MediaFacts, MediaUses } from "../../../../components/media/media-facts"
import { MediaFetches } from "../../../../components/media/media-fetches"
import { useMediaFile } from "../../../../hooks/use-media"

const MediaFilePage = () => {
  const { id = "" } = useParams()
  const { data, error, refetch } = useMediaFile(id)
  const media = data?.social_media

  if (!media) {
    return error ? (
      <ErrorState
        title="This file could not be loaded"
        error={error}
        onRetry={() => void refetch()}
        back={{ to: "/social-posts/media", label: "Media library" }}
      />
    ) : (
      <DetailSkeleton />
    )
  }

  return (
    <LayoutComposer
      widgetsZonePrefix="social_media.details"
      preferredLayoutId="core:two-column"
      data={media}
      sections={{
        main: (
          <>
            <LayoutComposer.Entry id="SocialMediaContent">
              <MediaContent media={media} />
            </LayoutComposer.Entry>
            <LayoutComposer.Entry id="SocialMediaFetches">
              <MediaFetches fetches={media.fetches} />
            </LayoutComposer.Entry>
          </>
        ),
        side: (
          <>
            <LayoutComposer.Entry id="SocialMediaUses">
              <MediaUses media={media} />
            </LayoutComposer.Entry>
            <LayoutComposer.Entry id="SocialMediaFacts">
              <MediaFacts media={media} />
            </LayoutComposer.Entry>
          </>
        ),
      }}
    />
  )
}

const Breadcrumb = ({ id }: { id: string }) => {
  const { data } = useMediaFile(id)
  return <Crumb text={data?.social_media.name ?? "File"} />
}

export const handle = {
  breadcrumb: (match: UIMatch) => <Breadcrumb id={match.params.id ?? ""} />,
}

export default MediaFilePage
