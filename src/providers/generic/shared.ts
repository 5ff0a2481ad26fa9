import type { ApiDescription } from "../api-description"
import type { ProviderSettings, SettingField } from "../types"

/** The address that tells whether the credentials of an unknown service work. */
export const PROBE_SETTING: SettingField = {
  name: "probe_url",
  label: "Address to check the credentials with",
  required: false,
  input: "url",
  help: "A GET request that only succeeds with valid credentials, for example the account's own data.",
}

const addressOf = (value: unknown): string | null =>
  typeof value === "string" && /^https?:\/\//.test(value) ? value : null

/** The origin of the address that a person has given to check the credentials with. */
const probeOrigin = ({ probe_url }: ProviderSettings): string | null => {
  const address = addressOf(probe_url)
  return address && URL.canParse(address) ? new URL(address).origin : null
}

/** Where the API of an unknown service is: where its settings say. */
export const GENERIC_API: ApiDescription = {
  base_address: (settings) =>
    addressOf(settings.base_url) ?? probeOrigin(settings),
  further_addresses: (settings) =>
    [probeOrigin(settings)].filter((origin) => origin !== null),
  service: "The service",
}
