import type {
  AuthType,
  PlatformInput,
  PlatformStatus,
  ProviderField,
  SocialPlatform,
  SocialProvider,
} from "../../shared/api-types"
import { fieldsFor } from "./provider-facts"

/**
 * Creating and editing share this one mapping between a provider's fields and
 * the API, so that neither form can drop a field the other one knows.
 */
export type PlatformFormValues = {
  name: string
  description: string
  category: string
  auth_type: AuthType
  status: PlatformStatus
  base_url: string
  icon_url: string
  settings: Record<string, string | boolean>
  secrets: Record<string, { value: string; erase: boolean }>
}

/**
 * The values that the form starts with. A stored secret is never among them.
 *
 * @param provider the service's description
 * @param platform the platform to edit; none for a new one
 * @returns values for every field of every way to authenticate
 */
export const platformFormDefaults = (
  provider: SocialProvider,
  platform?: SocialPlatform
): PlatformFormValues => ({
  name: platform?.name ?? provider.label,
  description: platform?.description ?? "",
  category: platform?.category ?? provider.category,
  auth_type: platform?.auth_type ?? provider.auth_types[0] ?? "oauth2",
  status: platform?.status ?? "active",
  base_url: platform?.base_url ?? "",
  icon_url: platform?.icon_url ?? "",
  settings: Object.fromEntries(
    provider.setting_fields.map((field) => [
      field.name,
      settingDefault(field, platform),
    ])
  ),
  secrets: Object.fromEntries(
    provider.credential_fields.map(({ name }) => [
      name,
      { value: "", erase: false },
    ])
  ),
})

/**
 * The body that creates a platform.
 *
 * @param values what the person entered
 * @param provider the service's description
 * @returns the body, without anything that was left empty
 */
export const toCreateBody = (
  values: PlatformFormValues,
  provider: SocialProvider
): PlatformInput => {
  return {
    name: values.name.trim(),
    provider: provider.identifier,
    category: values.category,
    auth_type: values.auth_type,
    ...textEntries(values),
    api_config: {
      ...settingEntries(values, provider),
      ...secretEntries(values, provider),
    },
  }
}

/**
 * The body that updates a platform. A secret that was left empty is not sent,
 * which keeps it; `null` erases.
 *
 * @param values what the person entered
 * @param provider the service's description
 * @param platform the platform as it is stored
 * @returns the body
 */
export const toUpdateBody = (
  values: PlatformFormValues,
  provider: SocialProvider,
  platform: SocialPlatform
): PlatformInput => {
  const body: PlatformInput = {
    name: values.name.trim(),
    category: values.category,
    auth_type: values.auth_type,
    ...textEntries(values, platform),
    api_config: {
      ...settingEntries(values, provider, platform),
      ...secretEntries(values, provider),
    },
  }
  // Error and pending are findings of the system: sending one back unchanged
  // would turn a finding into a person's choice.
  if (values.status !== platform.status) {
    body.status = values.status
  }
  return body
}

/**
 * Tells whether a credential of a stored platform has a value.
 *
 * @param platform the platform; none for a new one
 * @param name the credential field's name
 * @returns true where a value is stored
 */
export const isConfigured = (
  platform: SocialPlatform | undefined,
  name: string
): boolean =>
  Boolean(
    platform?.credentials.some(
      (credential) => credential.name === name && credential.configured
    )
  )

/** What is not stored has its default in effect, so the form shows that. */
const settingDefault = (
  field: ProviderField,
  platform: SocialPlatform | undefined
): string | boolean => {
  const value = platform?.api_config?.[field.name] ?? field.default ?? ""
  if (field.input === "checkbox") {
    return value === true || value === "true"
  }
  return typeof value === "string" || typeof value === "number"
    ? String(value)
    : ""
}

const OPTIONAL_TEXTS = ["description", "base_url", "icon_url"] as const

const textEntries = (
  values: PlatformFormValues,
  platform?: SocialPlatform
): Partial<Record<(typeof OPTIONAL_TEXTS)[number], string | null>> => {
  const entries: ReturnType<typeof textEntries> = {}
  for (const name of OPTIONAL_TEXTS) {
    const text = values[name].trim()
    if (text) {
      entries[name] = text
      continue
    }
    if (platform?.[name]) {
      entries[name] = null
    }
  }
  return entries
}

const settingEntries = (
  values: PlatformFormValues,
  provider: SocialProvider,
  platform?: SocialPlatform
): Record<string, string | number | boolean | null> => {
  const entries: Record<string, string | number | boolean | null> = {}
  for (const field of fieldsFor(provider.setting_fields, values.auth_type)) {
    const value = values.settings[field.name]
    if (typeof value === "boolean") {
      entries[field.name] = value
      continue
    }
    const text = value?.trim()
    if (text) {
      entries[field.name] = field.input === "number" ? Number(text) : text
      continue
    }
    if (platform?.api_config?.[field.name] != null) {
      entries[field.name] = null
    }
  }
  return entries
}

const secretEntries = (
  values: PlatformFormValues,
  provider: SocialProvider
): Record<string, string | null> => {
  const entries: Record<string, string | null> = {}
  for (const field of fieldsFor(provider.credential_fields, values.auth_type)) {
    const secret = values.secrets[field.name]
    if (secret?.erase) {
      entries[field.name] = null
      continue
    }
    if (secret?.value) {
      entries[field.name] = secret.value
    }
  }
  return entries
}
