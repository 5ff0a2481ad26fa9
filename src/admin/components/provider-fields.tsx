import { Form } from "@medusajs/dashboard/components"
import { Checkbox, Input, Label, Select } from "@medusajs/ui"
import type { UseFormReturn } from "react-hook-form"
import { isConfigured, type PlatformFormValues } from "../lib/platform-form"
import { fieldsFor } from "../lib/provider-facts"
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
}

/** The inputs that a provider asks for, for the chosen way to authenticate. */
export const ProviderFields = ({
  form,
  provider,
  platform,
}: ProviderFieldsProps) => {
  const authType = form.watch("auth_type")

  return (
    <>
      {fieldsFor(provider.setting_fields, authType).map((field) => (
        <SettingInput key={field.name} form={form} field={field} />
      ))}
      {fieldsFor(provider.credential_fields, authType).map((field) => (
        <SecretInput
          key={field.name}
          form={form}
          field={field}
          configured={isConfigured(platform, field.name)}
        />
      ))}
    </>
  )
}

const PRECONFIGURED =
  "Already configured by your application. Leave empty to use that."

/** `Name` or `Name (optional)`; the stock label's own mark is too pale to read. */
const fieldLabel = (field: ProviderField): string =>
  field.required && !field.preconfigured
    ? field.label
    : `${field.label} (optional)`

const hintFor = (field: ProviderField): string | undefined =>
  [field.help, field.preconfigured && PRECONFIGURED]
    .filter(Boolean)
    .join(" ") || undefined

type FieldProps = {
  form: UseFormReturn<PlatformFormValues>
  field: ProviderField
}

const SettingInput = ({ form, field }: FieldProps) => {
  const hint = hintFor(field)
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
                    {option}
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

const SecretInput = ({ form, field, configured }: SecretInputProps) => {
  const isErased = form.watch(`secrets.${field.name}.erase`)
  const isRequired = field.required && !field.preconfigured && !configured
  const hint = hintFor(field)

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
