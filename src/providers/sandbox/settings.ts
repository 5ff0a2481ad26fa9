import { z } from "@medusajs/framework/zod"

/** What a merchant may choose for each post. */
export const sandboxSettings = z.object({
  visibility: z.enum(["public", "followers"]).default("public").meta({
    title: "Visibility",
    description:
      "public: for everybody. followers: for the account's followers.",
  }),
  board: z.string().max(100).optional().meta({
    title: "Board",
    description: "A collection that the post is put into.",
    "x-lookup": "boards",
  }),
  content_warning: z.string().trim().max(100).optional().meta({
    title: "Content warning",
    description: "Shown in place of the post until a reader opens it.",
  }),
  draft: z.boolean().default(false).meta({
    title: "Hand over as a draft",
    description:
      "The post goes into the network's inbox, where a person publishes it.",
  }),
})

export type SandboxSettings = z.infer<typeof sandboxSettings>
