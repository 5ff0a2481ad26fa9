// The package's "./credentials" entry: what code of an application may use.
export { getAccessToken, type GetAccessTokenOptions } from "./access-token"
export { prepareAnswer, prepareAuthorization } from "./authorization"
export { preparePlatform, preparePlatformChange } from "./platform-input"
