import { RouteDrawer } from "@medusajs/dashboard/components"
import { useParams } from "react-router-dom"
import { ErrorState } from "../../../../components/error-state"
import { FormSkeleton } from "../../../../components/loading"
import { DrawerHeader } from "../../../../components/modal-headers"
import { Reschedule } from "../../../../components/post/reschedule"
import { useSocialPost } from "../../../../hooks/use-social-posts"

const RescheduleSocialPostPage = () => {
  const { id = "" } = useParams()
  const { data, error, refetch } = useSocialPost(id)

  return (
    <RouteDrawer>
      <DrawerHeader
        title="Choose another time"
        description="What is overdue of this post goes out then."
      />
      {data ? (
        <Reschedule post={data.social_post} />
      ) : (
        <RouteDrawer.Body>
          {error ? (
            <ErrorState
              title="This post could not be loaded"
              error={error}
              onRetry={() => void refetch()}
            />
          ) : (
            <FormSkeleton rows={1} />
          )}
        </RouteDrawer.Body>
      )}
    </RouteDrawer>
  )
}

export default RescheduleSocialPostPage
