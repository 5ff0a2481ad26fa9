import {
  createHook,
  createWorkflow,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { emitEventStep } from "@medusajs/medusa/core-flows"
import { SocialPlatformWorkflowEvents } from "../../events"
import { testSavedCredentialsStep } from "../steps/test-saved-credentials"
import {
  createSocialPlatformStep,
  type CreateSocialPlatformStepInput,
} from "../steps/create-social-platform"

export const createSocialPlatformWorkflowId = "create-social-platform"

/**
 * Creates a platform, and tests its credentials where its service has a way. Its
 * secrets arrive sealed: make the input with
 * `preparePlatform`, for Medusa may store what a workflow is given.
 *
 * Hook: `platformCreated` with `{ id }`. Where its handler throws, the platform
 * is not created.
 *
 * @example
 * const platform = await preparePlatform(container, {
 *   name: "Carrier",
 *   provider: "generic",
 *   category: "shipping",
 *   auth_type: "api_key",
 *   api_config: { api_key: process.env.CARRIER_KEY },
 * })
 * const { result } = await createSocialPlatformWorkflow(container).run({
 *   input: { platform },
 * })
 */
export const createSocialPlatformWorkflow = createWorkflow(
  createSocialPlatformWorkflowId,
  (input: CreateSocialPlatformStepInput) => {
    const platform = createSocialPlatformStep(input)

    emitEventStep({
      eventName: SocialPlatformWorkflowEvents.CREATED,
      data: { id: platform.id },
    })
    const platformCreated = createHook("platformCreated", { id: platform.id })
    testSavedCredentialsStep({ id: platform.id })
    return new WorkflowResponse(platform, { hooks: [platformCreated] })
  }
)
