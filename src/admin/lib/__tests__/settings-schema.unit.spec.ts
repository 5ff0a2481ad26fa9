import { z } from "@medusajs/framework/zod"
import { settingsSchemaOf } from "../../../publishing/settings"
import { listFromText, settingFields } from "../settings-schema"

const fieldsOf = (settings: z.ZodType, value: Record<string, unknown> = {}) =>
  settingFields(settingsSchemaOf({ settings }), value)

describe("a form for settings", () => {
  it("has an input of its kind for each setting of a provider's schema", () => {
    const fields = fieldsOf(
      z.object({
        visibility: z
          .enum(["public", "followers_only"])
          .default("public")
          .meta({ title: "Who sees it", description: "At the service." }),
        sensitive: z.boolean().optional(),
        spoiler: z.string().max(100).nullable().optional(),
        board: z.string().meta({ title: "Board", "x-lookup": "boards" }),
        hours: z.number().min(1).max(48).optional(),
        tags: z.array(z.string()).optional(),
        topics: z.array(z.string()).meta({ "x-lookup": "topics" }),
        poll: z.object({ options: z.array(z.string()), hours: z.int() }),
        focus: z.array(z.object({ x: z.number() }).nullable()).optional(),
      })
    )

    expect(fields).toMatchObject([
      {
        name: "visibility",
        label: "Who sees it",
        help: "At the service.",
        input: "choice",
        fallback: "public",
        required: false,
        options: [
          { value: "public", label: "Public" },
          { value: "followers_only", label: "Followers only" },
        ],
      },
      { name: "sensitive", label: "Sensitive", input: "switch" },
      { name: "spoiler", input: "text", max: 100, required: false },
      { name: "board", input: "lookup", lookup: "boards", required: true },
      { name: "hours", input: "number", min: 1, max: 48 },
      { name: "tags", input: "list" },
      { name: "topics", input: "lookups", lookup: "topics" },
      {
        name: "poll",
        input: "group",
        fields: [
          { name: "options", label: "Options", input: "list", required: true },
          { name: "hours", input: "number" },
        ],
      },
      { name: "focus", input: "rows", fields: [{ name: "x" }] },
    ])
  })

  it("asks of a union which one it is, and then for that one's settings", () => {
    const schema = z.discriminatedUnion("post_type", [
      z.object({ post_type: z.literal("feed"), pinned: z.boolean() }),
      z.object({ post_type: z.literal("story"), seconds: z.number() }),
    ])

    expect(fieldsOf(schema).map(({ name }) => name)).toEqual([
      "post_type",
      "pinned",
    ])
    expect(fieldsOf(schema, { post_type: "story" })).toMatchObject([
      {
        name: "post_type",
        label: "Post type",
        options: [
          { value: "feed", label: "Feed" },
          { value: "story", label: "Story" },
        ],
      },
      { name: "seconds", input: "number" },
    ])
  })

  it("is empty where nothing can be set", () => {
    expect(settingFields(null, {})).toEqual([])
  })

  it("reads a list from lines and commas", () => {
    expect(listFromText("red, blue\n\n green ,")).toEqual([
      "red",
      "blue",
      "green",
    ])
  })
})
