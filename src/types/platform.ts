import type {
  AuthType,
  PlatformCategory,
  PlatformStatus,
} from "../shared/enums"

/** What a client sends to create a platform. */
export interface PlatformBody {
  name: string
  provider: string
  category?: PlatformCategory
  auth_type?: AuthType
  status?: PlatformStatus
  description?: string | null
  icon_url?: string | null
  base_url?: string | null
  tenant_id?: string | null
  identifier?: string | null
  metadata?: Record<string, unknown> | null
  /** Settings, and secrets, which are sealed before anything is stored. */
  api_config?: Record<string, unknown>
}

/** What a client sends to change a platform; the provider is fixed. */
export type PlatformChangeBody = Partial<Omit<PlatformBody, "provider">>
