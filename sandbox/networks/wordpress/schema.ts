import { RestError } from "./site"

type Check = (value: unknown) => string | null

const oneOf =
  (...choices: string[]): Check =>
  (value) =>
    choices.includes(String(value))
      ? null
      : `is not one of ${choices.join(", ")}.`

const text: Check = (value) =>
  typeof value === "string" ? null : "is not of type string."

const integer: Check = (value) =>
  Number.isInteger(value) ? null : "is not of type integer."

const integers: Check = (value) =>
  Array.isArray(value) && value.every((one) => Number.isInteger(one))
    ? null
    : "is not of type array of integers."

const boolean: Check = (value) =>
  typeof value === "boolean" ? null : "is not of type boolean."

/** The parameters of `POST /wp/v2/posts` that are simulated, as its schema has them. */
const POST_PARAMETERS: Record<string, Check> = {
  status: oneOf("publish", "future", "draft", "pending", "private"),
  title: text,
  content: text,
  excerpt: text,
  slug: text,
  author: integer,
  featured_media: integer,
  comment_status: oneOf("open", "closed"),
  format: oneOf(
    "standard",
    "aside",
    "chat",
    "gallery",
    "link",
    "image",
    "quote",
    "status",
    "video",
    "audio"
  ),
  sticky: boolean,
  categories: integers,
  tags: integers,
}

/** @throws RestError `rest_invalid_param`, naming each wrong parameter */
export const checkPostParameters = (body: Record<string, unknown>): void => {
  const wrong = Object.entries(POST_PARAMETERS).flatMap(([name, check]) => {
    const problem = body[name] === undefined ? null : check(body[name])
    return problem ? [[name, `${name} ${problem}`]] : []
  })
  if (wrong.length) {
    throw new RestError(
      400,
      "rest_invalid_param",
      `Invalid parameter(s): ${wrong.map(([name]) => name).join(", ")}`,
      Object.fromEntries(wrong)
    )
  }
}
