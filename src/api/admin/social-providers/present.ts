import type { MedusaContainer } from "@medusajs/framework/types"
import { sharedCredential } from "../../../credentials/storage/shared-credentials"
import { socialsModule } from "../../../credentials/modules"
import { providerRedirectUri } from "../../../credentials/oauth/redirect-uri"
import {
  capabilitiesOf,
  needsRedirectUri,
} from "../../../providers/capabilities"
import type {
  CredentialField,
  SettingField,
  SocialProvider,
} from "../../../providers/types"

/** A provider's description as the dashboard builds its forms from it. */
export const presentProvider = async (
  container: MedusaContainer,
  provider: SocialProvider
) => {
  const { description } = provider
  const { provider_config } = await socialsModule(container).getOptions()
  const preconfigured = provider_config[description.identifier] ?? {}
  const toCredentialField = (field: CredentialField) => ({
    input: "password",
    ...field,
    preconfigured: !!sharedCredential(description, provider_config, field.name),
  })
  const toSettingField = (field: SettingField) => ({
    ...field,
    preconfigured: !!preconfigured[field.name],
  })

  return {
    identifier: description.identifier,
    label: description.label,
    description: description.description,
    category: description.category,
    categories: description.categories ?? [description.category],
    auth_types: description.auth_types,
    credential_fields: description.credential_fields.map(toCredentialField),
    setting_fields: description.setting_fields.map(toSettingField),
    capabilities: capabilitiesOf(provider),
    redirect_uri: needsRedirectUri(provider)
      ? await providerRedirectUri(container, description.identifier)
      : null,
    docs_url: description.docs_url ?? null,
  }
}
