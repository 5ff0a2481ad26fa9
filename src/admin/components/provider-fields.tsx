import { Form } from "@medusajs/dashboard/components"
import { Checkbox, Input, Label, Select } from "@medusajs/ui"
import type { UseFormReturn } from "react-hook-form"
import { isConfigured, type PlatformFormValues } from "../lib/platform-form"
import { optionLabel } from "../lib/labels"
import { formFields } from "../lib/provider-facts"
import type {
  ProviderField,
  SocialPlatform,
  SocialProvider,
} from "../../shared/api-types"

type ProviderFieldsProps = {
  form: UseFormReturn<PlatformFormValues>
  provider: SocialProvider
  /** The platform that is edited; none while one is created. */
  platform?: SocialPlatform
  /** The field that has the focus at first. */
  focus?: string
}

/** The inputs that a provider asks for, for the chosen way to authenticate. */
export const ProviderFields = ({
  form,
  provider,
  platform,
  focus,
}: ProviderFieldsProps) =>
  formFields(provider, form.watch("auth_type")).map(({ field, isSecret }) => {
    const props = { form, field, autoFocus: field.name === focus }
    return isSecret ? (
      <SecretInput
        key={field.name}
        {...props}
        configured={isConfigured(platform, field.name)}
      />
    ) : (
      <SettingInput key={field.name} {...props} />
    )
  })

const PRECONFIGURED =
  "Already configured by your application. Leave empty to use that."

/** `Name` or `Name (optional)`; the stock label's own mark is too pale to read. */
const fieldLabel = (field: ProviderField): string =>
  field.required && !field.preconfigured
    ? field.label
    : `${field.label} (optional)`

const OWN_ONE =
  "This platform has its own, in place of the one of your application."

/** @param isStored whether the platform has a value of its own */
const hintFor = (
  { help, preconfigured }: ProviderField,
  isStored: boolean
): string | undefined =>
  [help, preconfigured && (isStored ? OWN_ONE : PRECONFIGURED)]
    .filter(Boolean)
    .join(" ") || undefined

type FieldProps = {
  form: UseFormReturn<PlatformFormValues>
  field: ProviderField
  autoFocus: boolean
}

const SettingInput = ({ form, field, autoFocus }: FieldProps) => {
  const hint = hintFor(field, false)
  const isRequired = field.required && !field.preconfigured

  return (
    <Form.Field
      control={form.control}
      name={`settings.${field.name}`}
      rules={{
        validate: (value) =>
          !isRequired ||
          typeof value === "boolean" ||
          Boolean(value?.trim()) ||
          `${field.label} is required.`,
      }}
      render={({ field: { value, onChange, ref, ...input } }) => (
        <Form.Item>
          {field.input === "checkbox" ? (
            <div className="flex items-center gap-x-2">
              <Form.Control>
                <Checkbox
                  {...input}
                  ref={ref}
                  checked={value === true}
                  onCheckedChange={(checked) => onChange(checked === true)}
                />
              </Form.Control>
              <Form.Label>{field.label}</Form.Label>
            </div>
          ) : (
            <Form.Label>{fieldLabel(field)}</Form.Label>
          )}
          {field.input === "select" && (
            <Select
              value={typeof value === "string" ? value : ""}
              onValueChange={onChange}
              name={input.name}
            >
              <Form.Control>
                <Select.Trigger ref={ref}>
                  <Select.Value placeholder="Choose" />
                </Select.Trigger>
              </Form.Control>
              <Select.Content>
                {(field.options ?? []).map((option) => (
                  <Select.Item key={option} value={option}>
                    {optionLabel(option)}
                  </Select.Item>
                ))}
              </Select.Content>
            </Select>
          )}
          {field.input !== "checkbox" && field.input !== "select" && (
            <Form.Control>
              <Input
                {...input}
                ref={ref}
                type={field.input === "password" ? "text" : field.input}
                value={typeof value === "string" ? value : ""}
                onChange={onChange}
                autoComplete="off"
                autoFocus={autoFocus}
              />
            </Form.Control>
          )}
          {hint && <Form.Hint>{hint}</Form.Hint>}
          <Form.ErrorMessage />
        </Form.Item>
      )}
    />
  )
}

type SecretInputProps = FieldProps & { configured: boolean }

const SecretInput = ({
  form,
  field,
  configured,
  autoFocus,
}: SecretInputProps) => {
  const isErased = form.watch(`secrets.${field.name}.erase`)
  const isRequired = field.required && !field.preconfigured && !configured
  const hint = hintFor(field, configured)

  return (
    <div className="flex flex-col gap-y-2">
      <Form.Field
        control={form.control}
        name={`secrets.${field.name}.value`}
        rules={{
          validate: (value) =>
            !isRequired || Boolean(value) || `${field.label} is required.`,
        }}
        render={({ field: { value, ...input } }) => (
          <Form.Item>
            <Form.Label>{fieldLabel(field)}</Form.Label>
            <Form.Control>
              <Input
                {...input}
                value={value ?? ""}
                type={field.input === "password" ? "password" : field.input}
                disabled={isErased}
                autoFocus={autoFocus}
                autoComplete={
                  field.input === "password" ? "new-password" : "off"
                }
                spellCheck={false}
                placeholder={
                  configured ? "Configured – leave empty to keep" : undefined
                }
              />
            </Form.Control>
            {hint && <Form.Hint>{hint}</Form.Hint>}
            <Form.ErrorMessage />
          </Form.Item>
        )}
      />
      {configured && (
        <Form.Field
          control={form.control}
          name={`secrets.${field.name}.erase`}
          render={({ field: { value, onChange, ...input } }) => {
            const id = `erase-${field.name}`
            return (
              <div className="flex items-center gap-x-2">
                <Checkbox
                  {...input}
                  id={id}
                  checked={value === true}
                  onCheckedChange={(checked) => onChange(checked === true)}
                />
                <Label htmlFor={id} size="small">
                  Erase the stored {field.label.toLowerCase()}
                </Label>
              </div>
            )
          }}
        />
      )}
    </div>
  )
}
