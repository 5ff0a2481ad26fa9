import type { ProviderCapabilities, SettingField } from "../types"

/** The address that tells whether the credentials of an unknown service work. */
export const PROBE_SETTING: SettingField = {
  name: "probe_url",
  label: "Address to check the credentials with",
  required: false,
  input: "url",
  help: "A GET request that only succeeds with valid credentials, for example the account's own data.",
}

/** Nothing is known of the service but how it authenticates. */
export const PROBE_ONLY: ProviderCapabilities = {
  verify: true,
  accounts: false,
  profile: false,
  publish: false,
  insights: false,
}
