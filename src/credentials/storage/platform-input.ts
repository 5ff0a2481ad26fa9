import type { MedusaContainer } from "@medusajs/framework/types"
import { MedusaError } from "@medusajs/framework/utils"
import type { ProviderDescription } from "../../providers/types"
import type {
  AuthType,
  PlatformCategory,
  PlatformStatus,
} from "../../shared/enums"
import type { PlatformBody, PlatformChangeBody } from "../../types/platform"
import type { ApiConfig } from "../../modules/socials/utils/api-config"
import { accessCredentials } from "../state/needed-credentials"
import { refuseSecretMetadata, requireFields, splitApiConfig } from "./fields"
import { socialsModule } from "../modules"
import { getProvider } from "../providers"
import { endMadeRegistration } from "../oauth/registration"
import { type SealedCredentials, sealCredentials } from "./seal"
import {
  refuseRedirectedCredentials,
  refuseSharedElsewhere,
  sharedCredential,
} from "./shared-credentials"

/** A platform as it may travel through a workflow: its secrets are sealed for its row. */
export interface PreparedPlatform extends Omit<PlatformBody, "api_config"> {
  id: string
  category: PlatformCategory
  auth_type: AuthType
  status: PlatformStatus
  settings: Record<string, unknown>
  sealed: SealedCredentials
}

/**
 * Checks what a client sent to create a platform and seals its secrets, before
 * anything is stored or handed to a workflow.
 *
 * @throws {MedusaError} INVALID_DATA saying what is wrong, without the value
 */
export const preparePlatform = async (
  container: MedusaContainer,
  { api_config = {}, ...body }: PlatformBody
): Promise<PreparedPlatform> => {
  const { description } = await getProvider(container, body.provider)
  const category = body.category ?? description.category
  const authType = body.auth_type ?? description.auth_types[0]
  checkKind(description, category, authType)
  refuseSecretMetadata(body.metadata)

  const { settings, secrets } = splitApiConfig(description, api_config)
  const { provider_config } = await socialsModule(container).getOptions()
  refuseSharedElsewhere(
    description,
    provider_config,
    {
      auth_type: authType,
      base_url: body.base_url ?? null,
      api_config: settings,
    },
    secrets
  )
  const configured = new Set([
    ...definedNames(provider_config[description.identifier]),
    ...description.credential_fields
      .map(({ name }) => name)
      .filter((name) => sharedCredential(description, provider_config, name)),
    ...description.setting_fields
      .filter((field) => field.default !== undefined)
      .map(({ name }) => name),
    ...(body.base_url ? ["base_url"] : []),
    ...definedNames(settings),
    ...definedNames(secrets),
  ])
  requireFields(description, authType, configured)

  const id = await socialsModule(container).newPlatformId()
  const isConnected = accessCredentials(description, authType).every((name) =>
    configured.has(name)
  )
  return {
    ...body,
    id,
    category,
    auth_type: authType,
    status: body.status ?? (isConnected ? "active" : "pending"),
    settings,
    sealed: await sealCredentials(
      container,
      { id, tenant_id: body.tenant_id ?? null },
      secrets
    ),
  }
}

export interface PreparedPlatformChange {
  id: string
  /** The tenant that its secrets are sealed for. */
  tenant_id: string | null
  data: Omit<PlatformChangeBody, "api_config">
  settings: Record<string, unknown>
  sealed: SealedCredentials
}

/**
 * Checks a change to a platform and seals its secrets. A secret that is not
 * named is kept, null erases it.
 *
 * @throws {MedusaError} INVALID_DATA, or NOT_FOUND for an unknown platform
 */
export const preparePlatformChange = async (
  container: MedusaContainer,
  id: string,
  { api_config = {}, ...data }: PlatformChangeBody
): Promise<PreparedPlatformChange> => {
  const socials = socialsModule(container)
  const row = await socials.retrieveSocialPlatform(id)
  const { description } = await getProvider(container, row.provider)
  const authType = data.auth_type ?? row.auth_type
  checkKind(description, data.category ?? row.category, authType)
  refuseSecretMetadata(data.metadata)

  const { settings, secrets } = endMadeRegistration(
    description,
    row,
    splitApiConfig(description, api_config)
  )
  refuseRedirectedCredentials(description, row, {
    base_url: data.base_url,
    settings,
    secrets,
  })
  if (data.base_url !== undefined || Object.keys(api_config).length) {
    const { provider_config } = await socials.getOptions()
    refuseSharedElsewhere(
      description,
      provider_config,
      {
        auth_type: authType,
        base_url: data.base_url === undefined ? row.base_url : data.base_url,
        api_config: { ...(row.api_config as ApiConfig | null), ...settings },
      },
      secrets
    )
  }
  const { tenant_id = row.tenant_id } = data
  return {
    id,
    tenant_id,
    data,
    settings,
    sealed: await sealCredentials(container, { id, tenant_id }, secrets),
  }
}

const definedNames = (values: Record<string, unknown> | undefined): string[] =>
  Object.entries(values ?? {})
    .filter(
      ([, value]) => value !== null && value !== undefined && value !== ""
    )
    .map(([name]) => name)

const checkKind = (
  {
    identifier,
    category: usual,
    categories = [usual],
    auth_types,
  }: ProviderDescription,
  category: PlatformCategory,
  authType: AuthType
): void => {
  if (!categories.includes(category)) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `Provider "${identifier}" has no category "${category}". Use one of: ${categories.join(", ")}.`
    )
  }
  if (!auth_types.includes(authType)) {
    throw new MedusaError(
      MedusaError.Types.INVALID_DATA,
      `Provider "${identifier}" has no auth_type "${authType}". Use one of: ${auth_types.join(", ")}.`
    )
  }
}
