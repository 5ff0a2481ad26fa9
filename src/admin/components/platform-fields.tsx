import { Form } from "@medusajs/dashboard/components"
import { Input, Select, Textarea } from "@medusajs/ui"
import type { UseFormReturn } from "react-hook-form"
import {
  AUTH_TYPE_LABELS,
  PLATFORM_STATUSES,
  categoryLabel,
} from "../lib/labels"
import type { PlatformFormValues } from "../lib/platform-form"
import {
  connectsByRedirect,
  fieldsFor,
  hasBaseUrl,
} from "../lib/provider-facts"
import type {
  PlatformStatus,
  SocialPlatform,
  SocialProvider,
} from "../../shared/api-types"
import { ProviderFields } from "./provider-fields"
import { RedirectUri } from "./redirect-uri"

type PlatformFieldsProps = {
  form: UseFormReturn<PlatformFormValues>
  provider: SocialProvider
  platform?: SocialPlatform
  /** The provider's field to begin with; the name unless told. */
  focus?: string
}

type Option = { value: string; label: string }

/** Everything a person can set about a platform, for creating and for editing. */
export const PlatformFields = ({
  form,
  provider,
  platform,
  focus,
}: PlatformFieldsProps) => {
  const authType = form.watch("auth_type")
  const settings = form.watch("settings")
  const isAtItsOwnAddress = fieldsFor(provider.setting_fields, authType).some(
    ({ name, input, default: usual }) =>
      input === "url" && settings[name] && settings[name] !== usual
  )

  return (
    <div className="flex flex-col gap-y-6">
      <TextField
        form={form}
        name="name"
        label="Name"
        required
        autoFocus={!focus}
        hint="How you tell this connection from others."
      />
      <TextField
        form={form}
        name="description"
        label="Description (optional)"
        multiline
      />
      {platform && (
        <SelectField
          form={form}
          name="status"
          label="Status"
          options={statusOptions(platform.status)}
        />
      )}
      {provider.categories.length > 1 && (
        <SelectField
          form={form}
          name="category"
          label="Category"
          options={provider.categories.map((value) => ({
            value,
            label: categoryLabel(value),
          }))}
        />
      )}
      {provider.auth_types.length > 1 && (
        <SelectField
          form={form}
          name="auth_type"
          label="Authentication"
          options={provider.auth_types.map((value) => ({
            value,
            label: AUTH_TYPE_LABELS[value],
          }))}
        />
      )}
      <ProviderFields
        form={form}
        provider={provider}
        platform={platform}
        focus={focus}
      />
      {connectsByRedirect(provider, authType) && provider.redirect_uri && (
        <div className="flex flex-col gap-y-2">
          <span className="txt-compact-small-plus text-ui-fg-base">
            Redirect URI
          </span>
          <RedirectUri uri={platform?.redirect_uri ?? provider.redirect_uri} />
          {!platform && isAtItsOwnAddress && (
            <span className="txt-compact-small text-ui-fg-subtle">
              A platform at an address of its own has a redirect URI of its own.
              Its page shows it once it is saved.
            </span>
          )}
        </div>
      )}
      {hasBaseUrl(provider, platform) && (
        <TextField
          form={form}
          name="base_url"
          label="Base URL (optional)"
          type="url"
          hint="Only where the service runs at an address of its own."
        />
      )}
      <TextField
        form={form}
        name="icon_url"
        label="Icon URL (optional)"
        type="url"
      />
    </div>
  )
}

/** A person switches a platform on or off; other states are findings, kept as they are. */
const statusOptions = (current: PlatformStatus): Option[] =>
  [...new Set<PlatformStatus>([current, "active", "inactive"])].map(
    (value) => ({ value, label: PLATFORM_STATUSES[value].label })
  )

type TextFieldProps = {
  form: UseFormReturn<PlatformFormValues>
  name: "name" | "description" | "base_url" | "icon_url"
  label: string
  required?: boolean
  autoFocus?: boolean
  multiline?: boolean
  type?: "text" | "url"
  hint?: string
}

const TextField = ({
  form,
  name,
  label,
  required = false,
  autoFocus = false,
  multiline = false,
  type = "text",
  hint,
}: TextFieldProps) => (
  <Form.Field
    control={form.control}
    name={name}
    rules={{
      validate: (value) =>
        !required || Boolean(value.trim()) || `${label} is required.`,
    }}
    render={({ field }) => (
      <Form.Item>
        <Form.Label>{label}</Form.Label>
        <Form.Control>
          {multiline ? (
            <Textarea {...field} />
          ) : (
            <Input
              {...field}
              type={type}
              autoComplete="off"
              autoFocus={autoFocus}
            />
          )}
        </Form.Control>
        {hint && <Form.Hint>{hint}</Form.Hint>}
        <Form.ErrorMessage />
      </Form.Item>
    )}
  />
)

type SelectFieldProps = {
  form: UseFormReturn<PlatformFormValues>
  name: "status" | "category" | "auth_type"
  label: string
  options: Option[]
}

const SelectField = ({ form, name, label, options }: SelectFieldProps) => (
  <Form.Field
    control={form.control}
    name={name}
    render={({ field: { ref, onChange, ...field } }) => (
      <Form.Item>
        <Form.Label>{label}</Form.Label>
        <Select {...field} onValueChange={onChange}>
          <Form.Control>
            <Select.Trigger ref={ref}>
              <Select.Value />
            </Select.Trigger>
          </Form.Control>
          <Select.Content>
            {options.map((option) => (
              <Select.Item key={option.value} value={option.value}>
                {option.label}
              </Select.Item>
            ))}
          </Select.Content>
        </Select>
        <Form.ErrorMessage />
      </Form.Item>
    )}
  />
)
