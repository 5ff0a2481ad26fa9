/** Markup that is safe to send: every value in it has been escaped. */
export type Html = { readonly markup: string }

type Value = string | number | Html | Html[] | null | undefined | false

const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

function render(value: Value): string {
  if (value === null || value === undefined || value === false) {
    return ""
  }
  if (Array.isArray(value)) {
    return value.map((item) => item.markup).join("")
  }
  if (typeof value === "object") {
    return value.markup
  }
  return String(value).replace(/[&<>"']/g, (character) => ESCAPES[character])
}

/**
 * Template tag: escapes each value, but not the markup that it made itself.
 * Attribute values must stand in double quotes.
 */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  const markup = parts.reduce(
    (text, part, index) => text + render(values[index - 1]) + part
  )
  return { markup }
}
