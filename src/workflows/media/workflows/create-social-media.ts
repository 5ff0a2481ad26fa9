import {
  createWorkflow,
  transform,
  WorkflowResponse,
} from "@medusajs/framework/workflows-sdk"
import { createSocialMediaStep } from "../steps/create-social-media"
import {
  probeSocialMediaStep,
  type ProbeSocialMediaStepInput,
} from "../steps/probe-social-media"

export interface CreateSocialMediaWorkflowInput extends ProbeSocialMediaStepInput {
  alt_text?: string | null
  /** Whether the file was uploaded for this alone, and goes with it. */
  owns_file?: boolean
  /** Where it is known from storing the file: a video is not read whole for it. */
  sha256?: string
  created_by?: string
}

export const createSocialMediaWorkflowId = "create-social-media"

/**
 * Takes in a file for posts: of Medusa's file module, at an address, or an image
 * of a product. It is looked into first; nothing is stored of one that is
 * damaged, too large or of a type that networks do not take.
 *
 * @example
 * const { result } = await createSocialMediaWorkflow(container).run({
 *   input: { file_id: "1763712000000-scarf.jpg", alt_text: "A red scarf" },
 * })
 */
export const createSocialMediaWorkflow = createWorkflow(
  createSocialMediaWorkflowId,
  (input: CreateSocialMediaWorkflowInput) => {
    const probed = probeSocialMediaStep(input)
    const row = transform({ input, probed }, ({ input, probed }) => ({
      ...probed,
      sha256: probed.sha256 ?? input.sha256 ?? null,
      alt_text: input.alt_text ?? null,
      owns_file: input.owns_file ?? false,
      created_by: input.created_by,
    }))
    return new WorkflowResponse(createSocialMediaStep(row))
  }
)
