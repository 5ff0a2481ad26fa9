import { LayoutComposer } from "@medusajs/dashboard/components"
import { useParams, type UIMatch } from "react-router-dom"
import { Crumb } from "../../../components/crumb"
import { ErrorState } from "../../../components/error-state"
import { DetailSkeleton } from "../../../components/loading"
import { PostContent } from "../../../components/post/post-content"
import { PostFacts } from "../../../components/post/post-facts"
import { PostMetrics } from "../../../components/post/post-metrics"
import { PostProducts } from "../../../components/post/post-products"
import { PostPublications } from "../../../components/post/post-publications"
import { postTitle } from "../../../components/post/post-table"
import { useIsPublishing } from "../../../hooks/use-publish-post"
import { useSocialPost } from "../../../hooks/use-social-posts"
import { linkedProducts } from "../../../lib/post-form"

const SocialPostPage = () => {
  const { id = "" } = useParams()
  const isPublishing = useIsPublishing(id)
  const { data, error, refetch } = useSocialPost(id, { isPublishing })
  const post = data?.social_post

  if (!post) {
    return error ? (
      <ErrorState
        title="This post could not be loaded"
        error={error}
        onRetry={() => void refetch()}
        back={{ to: "/social-posts", label: "All posts" }}
      />
    ) : (
      <DetailSkeleton />
    )
  }

  return (
    <LayoutComposer
      widgetsZonePrefix="social_post.details"
      preferredLayoutId="core:two-column"
      data={post}
      sections={{
        main: (
          <>
            <LayoutComposer.Entry id="SocialPostContent">
              <PostContent post={post} isPublishing={isPublishing} />
            </LayoutComposer.Entry>
            <LayoutComposer.Entry id="SocialPostPublications">
              <PostPublications post={post} />
            </LayoutComposer.Entry>
            <LayoutComposer.Entry id="SocialPostMetrics">
              <PostMetrics post={post} />
            </LayoutComposer.Entry>
          </>
        ),
        side: (
          <>
            <LayoutComposer.Entry id="SocialPostFacts">
              <PostFacts post={post} />
            </LayoutComposer.Entry>
            <LayoutComposer.Entry id="SocialPostProducts">
              <PostProducts products={linkedProducts(post)} />
            </LayoutComposer.Entry>
          </>
        ),
      }}
    />
  )
}

const Breadcrumb = ({ id }: { id: string }) => {
  const { data } = useSocialPost(id)
  return <Crumb text={data ? postTitle(data.social_post) : "Post"} />
}

export const handle = {
  breadcrumb: (match: UIMatch) => <Breadcrumb id={match.params.id ?? ""} />,
}

export default SocialPostPage
