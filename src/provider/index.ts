// The package's "./provider" entry: all that an application's own provider needs.
export { isServiceError, ServiceError } from "../errors/service-error"
export type { ServiceErrorClass } from "../errors/service-error"
export { multipart } from "../http/body"
export type { FormFile, SizedStream } from "../http/body"
export type { ErrorRule } from "../http/classify"
export type { OAuth1Server, OAuth1SignatureMethod } from "../oauth/oauth1/types"
export type { IntrospectedToken } from "../oauth/introspection"
export type { OAuth2Server, TokenSet } from "../oauth/types"
export type {
  ApiDescription,
  ApiFetch,
  ApiFetchInit,
  ApiRequest,
  ApiRequestInit,
  LoginPart,
  RequestAuthentication,
} from "../providers/api-description"
export { CALLBACK_SECRET, isHmacSha256 } from "../providers/callbacks"
export type {
  Callback,
  CallbackEvent,
  CallbackRequest,
  Callbacks,
  ReadCallback,
} from "../providers/callbacks"
export { capabilitiesOf } from "../providers/capabilities"
export type { ProviderCapabilities } from "../providers/capabilities"
export { findProviderProblems } from "../providers/contract"
export { defineProvider } from "../providers/define"
export { serviceProvider } from "../providers/service-template"
export type { ServiceTemplate } from "../providers/templates/support/types"
export { contractTests, createTestContext } from "../providers/testing"
export type {
  ContractTest,
  ContractTestOptions,
  TestContextOptions,
} from "../providers/testing"
export type { PublishingTestOptions } from "../providers/testing-publishing"
export {
  createTestJob,
  TestCrash,
  workOnTestJob,
} from "../providers/testing-job"
export type { TestJob, TestJobOptions } from "../providers/testing-job"
export type {
  AccountFacts,
  Destination,
  Json,
  LinkCard,
  LostCall,
  Lookup,
  LookupOption,
  Media,
  MediaPreset,
  Metric,
  PostState,
  Progress,
  PublicationPart,
  PublishingOperations,
  PublishJob,
  QuotaRule,
  Recovery,
  RemoteRef,
  ShownProgress,
  UnpublishedProgress,
} from "../providers/publication"
export type {
  CredentialField,
  ProviderContext,
  ProviderDescription,
  ProviderSettings,
  RefreshDescription,
  RefreshStrategy,
  RegisteredClient,
  RemoteAccount,
  RemoteProfile,
  SettingField,
  SignedResponseDescription,
  SocialProvider,
} from "../providers/types"
export type { Verification } from "../providers/verification"
export { SecretString } from "../secrets/secret-string"
export type { AuthType, PlatformCategory } from "../shared/enums"
export { checkPost } from "../shared/post-rules/check"
export type {
  MediaFacts,
  PartDraft,
  PostDraft,
} from "../shared/post-rules/draft"
export {
  findHashtags,
  findMentions,
  findUrls,
} from "../shared/post-rules/entities"
export type {
  AltTextRule,
  LinkPolicy,
  MediaCombination,
  MediaKind,
  MediaRule,
  MediaRules,
  PartRules,
  PostLimits,
  Range,
  Size,
  TextRule,
  TextUnit,
} from "../shared/post-rules/limits"
export { publishedText } from "../shared/post-rules/link"
export { countGraphemes, countText } from "../shared/post-rules/text"
export type {
  CountOptions,
  PlainTextUnit,
  XCounter,
} from "../shared/post-rules/text"
export type {
  Violation,
  ViolationCode,
  ViolationValue,
} from "../shared/post-rules/violations"
export { countXWeighted } from "../providers/x-weighted"
