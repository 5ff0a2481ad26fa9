/** JSON Schema, as far as settings use it. */
type Schema = Record<string, unknown>

/** One input of a form that is drawn from a JSON Schema. */
export type SettingField = {
  name: string
  label: string
  help: string | null
  required: boolean
  /** What it is where nobody chooses. */
  fallback: unknown
} & (
  | { input: "choice"; options: { value: string | number; label: string }[] }
  | { input: "switch" }
  | { input: "text"; max: number | null }
  | { input: "number"; min: number | null; max: number | null }
  | { input: "list" }
  /** One choice of a list that the service has, or several. */
  | { input: "lookup" | "lookups"; lookup: string }
  /** Settings that are there together, or not at all; or any number of those. */
  | { input: "group" | "rows"; fields: SettingField[] }
)

const asSchema = (value: unknown): Schema =>
  typeof value === "object" && value !== null ? (value as Schema) : {}

const asList = (value: unknown): Schema[] =>
  Array.isArray(value) ? value.map(asSchema) : []

const words = (name: string): string => {
  const text = name.replace(/[_-]+/g, " ").trim()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Of `anyOf: [something, null]` the something: it can be left out. */
const withoutNull = (schema: Schema): Schema => {
  const some = asList(schema.anyOf).filter(({ type }) => type !== "null")
  return some.length === 1
    ? { ...some[0], ...schema, anyOf: undefined }
    : schema
}

const alternativesOf = (schema: Schema): Schema[] => [
  ...asList(schema.oneOf),
  ...asList(schema.anyOf),
]

/** The members that tell the alternatives of a union apart. */
const discriminatorOf = (alternatives: Schema[]): string | undefined =>
  Object.keys(asSchema(alternatives[0]?.properties)).find((name) =>
    alternatives.every(
      ({ properties }) => "const" in asSchema(asSchema(properties)[name])
    )
  )

type Input = SettingField extends infer Field
  ? Field extends unknown
    ? Omit<Field, "name" | "label" | "help" | "required" | "fallback">
    : never
  : never

const inputOf = (schema: Schema): Input => {
  const lookup = schema["x-lookup"] ?? asSchema(schema["x-ui"]).lookup
  if (typeof lookup === "string") {
    return { input: schema.type === "array" ? "lookups" : "lookup", lookup }
  }
  if (Array.isArray(schema.enum)) {
    const labels = asSchema(schema["x-labels"])
    return {
      input: "choice",
      options: schema.enum.map((value: string | number) => ({
        value,
        label: String(labels[String(value)] ?? words(String(value))),
      })),
    }
  }
  const number = (value: unknown) => (typeof value === "number" ? value : null)
  switch (schema.type) {
    case "boolean":
      return { input: "switch" }
    case "number":
    case "integer":
      return {
        input: "number",
        min: number(schema.minimum),
        max: number(schema.maximum),
      }
    case "array": {
      const item = withoutNull(asSchema(schema.items))
      return item.type === "object"
        ? { input: "rows", fields: propertiesOf(item) }
        : { input: "list" }
    }
    case "object":
      return { input: "group", fields: propertiesOf(schema) }
    default:
      return { input: "text", max: number(schema.maxLength) }
  }
}

const fieldOf = (
  name: string,
  described: Schema,
  required: boolean
): SettingField => {
  const schema = withoutNull(described)
  return {
    name,
    label: typeof schema.title === "string" ? schema.title : words(name),
    help: typeof schema.description === "string" ? schema.description : null,
    required,
    fallback: schema.default,
    ...inputOf(schema),
  }
}

/**
 * The inputs for settings, in the order of their schema. Of a union those of the
 * chosen alternative, after the choice itself.
 *
 * @param schema a provider's settings as JSON Schema; null where nothing is set
 * @param value what is chosen so far
 */
export const settingFields = (
  schema: Schema | null,
  value: Record<string, unknown>
): SettingField[] => {
  const alternatives = alternativesOf(schema ?? {})
  const tell = discriminatorOf(alternatives)
  if (!tell) {
    return propertiesOf(schema ?? {})
  }
  const constOf = ({ properties }: Schema) =>
    asSchema(asSchema(properties)[tell])
  const options = alternatives.map((one) => {
    const { const: option, title } = constOf(one)
    return {
      value: option as string,
      label: typeof title === "string" ? title : words(String(option)),
    }
  })
  const chosen =
    alternatives.find((one) => constOf(one).const === value[tell]) ??
    alternatives[0]
  return [
    {
      name: tell,
      label: words(tell),
      help: null,
      required: true,
      fallback: options[0].value,
      input: "choice",
      options,
    },
    ...propertiesOf(chosen).filter(({ name }) => name !== tell),
  ]
}

const propertiesOf = (schema: Schema): SettingField[] => {
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(asSchema(schema.properties)).map(([name, property]) =>
    fieldOf(name, asSchema(property), required.includes(name))
  )
}

/** Lines and commas part the items of a list; empty ones are none. */
export const listFromText = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((item) => item.trim())
    .filter(Boolean)
