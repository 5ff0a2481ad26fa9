import type { MedusaContainer } from "@medusajs/framework/types"
import { sharedCredential } from "../../../credentials/storage/shared-credentials"
import { socialsModule } from "../../../credentials/modules"
import { providerRedirectUri } from "../../../credentials/oauth/redirect-uri"
import type {
  CredentialField,
  ProviderDescription,
  SettingField,
  SocialProvider,
} from "../../../providers/types"

/** Whether somebody is asked for consent at the service. */
export const isConnectable = ({
  oauth1,
  oauth2,
}: ProviderDescription): boolean =>
  !!oauth1 || (!!oauth2 && oauth2.grant !== "client_credentials")

/** A provider's description as the dashboard builds its forms from it. */
export const presentProvider = async (
  container: MedusaContainer,
  { description }: SocialProvider
) => {
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
    categories: description.categories,
    auth_types: description.auth_types,
    credential_fields: description.credential_fields.map(toCredentialField),
    setting_fields: description.setting_fields.map(toSettingField),
    capabilities: {
      connect: isConnectable(description),
      ...description.capabilities,
    },
    publishing: description.publishing,
    redirect_uri: isConnectable(description)
      ? await providerRedirectUri(container, description.identifier)
      : null,
    docs_url: description.docs_url,
  }
}
