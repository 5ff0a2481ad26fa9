import { RouteDrawer, useRouteModal } from "@medusajs/dashboard/components"
import { Button, toast } from "@medusajs/ui"
import { useForm } from "react-hook-form"
import { useUpdateSocialPost } from "../../hooks/use-social-posts"
import { errorMessage } from "../../lib/errors"
import { postFormDefaults, type PostFormValues } from "../../lib/post-form"
import type { SocialPost } from "../../../shared/post-types"
import { ScheduleField } from "./schedule-field"

/** Gives what is overdue of a post another time. */
export const Reschedule = ({ post }: { post: SocialPost }) => {
  const form = useForm<PostFormValues>({ defaultValues: postFormDefaults() })
  const { handleSuccess } = useRouteModal()
  const update = useUpdateSocialPost(post.id)

  const submit = form.handleSubmit(async ({ scheduled_at }) => {
    if (!(scheduled_at instanceof Date)) {
      form.setError("scheduled_at", { message: "Choose a date and a time." })
      return
    }
    try {
      await update.mutateAsync({ scheduled_at: scheduled_at.toISOString() })
      toast.success("Post scheduled")
      handleSuccess()
    } catch (error) {
      toast.error("The post was not scheduled", {
        description: errorMessage(error),
      })
    }
  })

  return (
    <RouteDrawer.Form form={form}>
      <RouteDrawer.Body className="overflow-y-auto">
        <ScheduleField form={form} />
      </RouteDrawer.Body>
      <RouteDrawer.Footer>
        <Button
          size="small"
          type="button"
          isLoading={update.isPending}
          onClick={(event) => void submit(event)}
        >
          Schedule
        </Button>
      </RouteDrawer.Footer>
    </RouteDrawer.Form>
  )
}
