// The package's "./credentials" entry: what code of an application may use.
export {
  getAccessToken,
  type GetAccessTokenOptions,
} from "./access-token/get-access-token"
export {
  prepareAuthorizationResponse,
  prepareAuthorization,
} from "./oauth/authorization"
export {
  preparePlatform,
  preparePlatformChange,
} from "./storage/platform-input"
export type { StoreCredentialInput } from "./vault/entry"
export { findExpiring, type FindExpiringInput } from "./vault/expiring"
export type { CredentialKey, VaultKey } from "./vault/key"
export {
  markInvalid,
  type MarkInvalidInput,
  prepareReason,
} from "./vault/mark-invalid"
export {
  describeCredential,
  getCredential,
  getRefreshToken,
  getVaultAccessToken,
  type VaultAccessToken,
  type VaultAccessTokenInput,
  type VaultCredential,
} from "./vault/read"
export {
  deleteCredential,
  type DeletedCredentials,
  deleteProviderCredentials,
} from "./vault/remove"
export { storeCredential, type StoredCredential } from "./vault/store"
export type {
  ExpiringCredential,
  VaultTokenType,
} from "../modules/socials/sql/vault"
export {
  type ConnectionToken,
  getDecryptedToken,
  getUserProfiles,
  isTokenExpired,
  storeConnectionToken,
  validateToken,
} from "./use/connections"
export {
  withCredentials,
  type WithCredentialsOptions,
} from "./use/with-credentials"
export type {
  ApiFetch,
  ApiFetchInit,
  ApiRequest,
  ApiRequestInit,
} from "../providers/api-description"
export type { ProviderContext } from "../providers/types"
export {
  SERVICE_ERROR_CLASSES,
  ServiceError,
  type ServiceErrorClass,
} from "../errors/service-error"
export { SecretString } from "../secrets/secret-string"
