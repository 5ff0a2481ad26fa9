import { RouteDrawer } from "@medusajs/dashboard/components"
import { useParams } from "react-router-dom"
import { ErrorState } from "../../../../components/error-state"
import { FormSkeleton } from "../../../../components/loading"
import { DrawerHeader } from "../../../../components/modal-headers"
import { EditPostForm } from "../../../../components/post/edit-post-form"
import { useSocialPost } from "../../../../hooks/use-social-posts"

const EditSocialPostPage = () => {
  const { id = "" } = useParams()
  const { data, error, refetch } = useSocialPost(id)

  return (
    <RouteDrawer>
      <DrawerHeader
        title="Edit post"
        description="Change the post, its accounts and its schedule."
      />
      {data ? (
        <EditPostForm post={data.social_post} />
      ) : (
        <RouteDrawer.Body>
          {error ? (
            <ErrorState
              title="This post could not be loaded"
              error={error}
              onRetry={() => void refetch()}
            />
          ) : (
            <FormSkeleton rows={5} />
          )}
        </RouteDrawer.Body>
      )}
    </RouteDrawer>
  )
}

export default EditSocialPostPage
