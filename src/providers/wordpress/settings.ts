import { z } from "@medusajs/framework/zod"
import { ServiceError } from "../../errors/service-error"

const ids = () =>
  z.array(z.string().regex(/^\d+$/, "must be chosen from the site's list"))

/** What a merchant may choose for each article. */
export const wordpressSettings = z.object({
  title: z.string().trim().max(300).optional().meta({
    title: "Title",
    description: "Without one, it is the first line of the text.",
  }),
  status: z.enum(["publish", "private", "pending"]).default("publish").meta({
    title: "Visibility",
    description:
      "publish: for everybody. private: for editors of the site. pending: an editor of the site looks at it and publishes it.",
  }),
  post_type: z
    .string()
    .regex(/^[\w-]+$/)
    .default("posts")
    .meta({
      title: "Published as",
      description:
        "An article of the blog, a page, or another type of the site's.",
      "x-lookup": "post_type",
    }),
  categories: ids().optional().meta({
    title: "Categories",
    description: "Without one, WordPress takes the site's default category.",
    "x-lookup": "categories",
  }),
  tags: ids().optional().meta({
    title: "Tags",
    description: "Words that readers find the article by.",
    "x-lookup": "tags",
  }),
  excerpt: z.string().max(5000).optional().meta({
    title: "Excerpt",
    description:
      "Shown in lists of articles. Without one, WordPress takes the beginning of the text.",
  }),
  featured_image: z.boolean().default(true).meta({
    title: "Featured image",
    description: "The first image stands above the article and in lists.",
  }),
  format: z
    .enum([
      "standard",
      "aside",
      "chat",
      "gallery",
      "link",
      "image",
      "quote",
      "status",
      "video",
      "audio",
    ])
    .optional()
    .meta({
      title: "Format",
      description: "How the theme shows the article, where it has formats.",
    }),
  comment_status: z.enum(["open", "closed"]).optional().meta({
    title: "Comments",
    description: "Without a choice, as the site has it.",
  }),
  slug: z
    .string()
    .regex(
      /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
      "must be of small letters, digits and hyphens"
    )
    .max(200)
    .optional()
    .meta({
      title: "Slug",
      description:
        "The article's name in its address, for example autumn-collection. Without one, WordPress makes it of the title.",
    }),
  sticky: z.boolean().optional().meta({
    title: "Stick to the front page",
    description: "The article stays above newer ones.",
  }),
  link_label: z.string().trim().max(100).optional().meta({
    title: "Label of the button",
    description:
      "What the button to the product says. Without one, the product's title.",
  }),
})

export type WordPressSettings = z.infer<typeof wordpressSettings>

/** @throws {ServiceError} `content_rejected` naming the first wrong setting */
export const readSettings = (
  settings: Readonly<Record<string, unknown>>
): WordPressSettings => {
  const { data, error } = wordpressSettings.safeParse(settings)
  if (error) {
    const [{ path, message }] = error.issues
    throw new ServiceError(
      "content_rejected",
      `The setting "${path.join(".")}" of the publication ${message}. Change it.`,
      { code: "invalid_setting" }
    )
  }
  return data
}
