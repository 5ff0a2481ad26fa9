import {
  KeyboundForm,
  RouteFocusModal,
  useRouteModal,
} from "@medusajs/dashboard/components"
import { Button, Heading, Text, toast } from "@medusajs/ui"
import { useRef, useState } from "react"
import { useForm } from "react-hook-form"
import { usePostCheck } from "../../hooks/use-post-check"
import { usePublishPost } from "../../hooks/use-publish-post"
import { useAskToPublish } from "../../hooks/use-ask-to-publish"
import { useCreateSocialPost } from "../../hooks/use-social-posts"
import { errorMessage } from "../../lib/errors"
import { submitOnModifiedEnter } from "../../lib/keyboard"
import {
  postFormDefaults,
  toCreatePostBody,
  type PostFormValues,
} from "../../lib/post-form"
import { PROBLEMS_ID, PostFields } from "./post-fields"

type Intent = "draft" | "publish" | "schedule"

type Confirm = (values: PostFormValues) => Promise<boolean>

const always: Confirm = () => Promise.resolve(true)

/** Writes a post and keeps, publishes or schedules it. */
export const Composer = () => {
  const form = useForm<PostFormValues>({ defaultValues: postFormDefaults() })
  const check = usePostCheck(form)
  const { handleSuccess } = useRouteModal()
  const { save, pending } = useSave(handleSuccess)
  const askToPublish = useAskToPublish()
  const mainIntent: Intent = form.watch("scheduled_at") ? "schedule" : "publish"

  const submitAs = (intent: Intent, confirm: Confirm = always) =>
    form.handleSubmit(async (values) => {
      if (check.problems.length > 0) {
        document.getElementById(PROBLEMS_ID)?.focus()
        return
      }
      if (await confirm(values)) {
        await save(values, intent)
      }
    })

  // A button says what it does. A key says nothing, so it asks.
  const submitByKey = submitAs(
    mainIntent,
    mainIntent === "publish"
      ? ({ account_ids }) => askToPublish(account_ids.length, null)
      : always
  )

  return (
    <RouteFocusModal.Form form={form}>
      <KeyboundForm
        onSubmit={(event) => void submitByKey(event)}
        onKeyDown={submitOnModifiedEnter}
        className="flex flex-1 flex-col overflow-hidden"
      >
        <RouteFocusModal.Body className="flex flex-col items-center overflow-y-auto p-8">
          <div className="flex w-full max-w-[720px] flex-col gap-y-8">
            <div className="flex flex-col gap-y-1">
              <Heading level="h1">Write a post</Heading>
              <Text size="small" className="text-ui-fg-subtle">
                One text for all the accounts you choose.
              </Text>
            </div>
            <PostFields form={form} check={check} />
          </div>
        </RouteFocusModal.Body>
        <RouteFocusModal.Footer>
          <Button
            size="small"
            variant="secondary"
            type="button"
            isLoading={pending === "draft"}
            disabled={pending !== null}
            onClick={(event) => void submitAs("draft")(event)}
          >
            Save as draft
          </Button>
          <Button
            size="small"
            type="button"
            isLoading={pending !== null && pending !== "draft"}
            disabled={pending !== null}
            onClick={(event) => void submitAs(mainIntent)(event)}
          >
            {mainIntent === "schedule" ? "Schedule" : "Publish now"}
          </Button>
        </RouteFocusModal.Footer>
      </KeyboundForm>
    </RouteFocusModal.Form>
  )
}

const useSave = (handleSuccess: (path: string) => void) => {
  const create = useCreateSocialPost()
  const publish = usePublishPost()
  const [pending, setPending] = useState<Intent | null>(null)
  // State changes with the next render; a second click may come before it.
  const isBusy = useRef(false)

  const save = async (values: PostFormValues, intent: Intent) => {
    if (isBusy.current) {
      return
    }
    isBusy.current = true
    setPending(intent)
    try {
      const { social_post } = await create.mutateAsync(
        toCreatePostBody({
          ...values,
          scheduled_at: intent === "schedule" ? values.scheduled_at : null,
        })
      )
      if (intent === "publish") {
        // The post exists now: its page shows the progress, whatever happens.
        publish.mutate(social_post.id)
      } else {
        toast.success(intent === "draft" ? "Draft saved" : "Post scheduled")
      }
      handleSuccess(`/social-posts/${social_post.id}`)
    } catch (error) {
      toast.error("The post was not saved", {
        description: errorMessage(error),
      })
    } finally {
      isBusy.current = false
      setPending(null)
    }
  }

  return { save, pending }
}
