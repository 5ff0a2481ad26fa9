import {
  KeyboundForm,
  RouteDrawer,
  useRouteModal,
} from "@medusajs/dashboard/components"
import { Button, toast } from "@medusajs/ui"
import { useForm } from "react-hook-form"
import { usePostCheck } from "../../hooks/use-post-check"
import { useUpdateSocialPost } from "../../hooks/use-social-posts"
import { errorMessage } from "../../lib/errors"
import { submitOnModifiedEnter } from "../../lib/keyboard"
import {
  linkedProducts,
  postFormDefaults,
  toUpdatePostBody,
  type PostFormValues,
} from "../../lib/post-form"
import type { SocialPost } from "../../../shared/post-types"
import { PROBLEMS_ID, PostFields } from "./post-fields"

type EditPostFormProps = { post: SocialPost }

/** Changes a post that is not out yet. */
export const EditPostForm = ({ post }: EditPostFormProps) => {
  const form = useForm<PostFormValues>({
    defaultValues: postFormDefaults(post),
  })
  const check = usePostCheck(form, post.id)
  const { handleSuccess } = useRouteModal()
  const update = useUpdateSocialPost(post.id)

  const submit = form.handleSubmit(async (values) => {
    if (check.problems.length > 0) {
      document.getElementById(PROBLEMS_ID)?.focus()
      return
    }
    try {
      await update.mutateAsync(toUpdatePostBody(values, post))
      toast.success("Post saved")
      handleSuccess()
    } catch (error) {
      toast.error("The post was not saved", {
        description: errorMessage(error),
      })
    }
  })

  return (
    <RouteDrawer.Form form={form}>
      <KeyboundForm
        onSubmit={submit}
        onKeyDown={submitOnModifiedEnter}
        className="flex flex-1 flex-col overflow-hidden"
      >
        <RouteDrawer.Body className="overflow-y-auto">
          <PostFields
            form={form}
            check={check}
            products={linkedProducts(post)}
          />
        </RouteDrawer.Body>
        <RouteDrawer.Footer>
          <RouteDrawer.Close asChild>
            <Button size="small" variant="secondary" type="button">
              Cancel
            </Button>
          </RouteDrawer.Close>
          <Button
            size="small"
            type="button"
            isLoading={update.isPending}
            onClick={(event) => void submit(event)}
          >
            Save
          </Button>
        </RouteDrawer.Footer>
      </KeyboundForm>
    </RouteDrawer.Form>
  )
}
