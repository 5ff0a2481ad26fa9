import { looksSecret } from "../looks-secret"

describe("looksSecret", () => {
  it.each([
    // names that other projects redacted or encrypted in one place and forgot in another
    "api_secret", "auth_token", "secret_key", "secret_access_key", "webhook_secret",
    "webhook_signing_secret", "app_secret", "webhook_verify_token", "password",
    "app_bearer_token", "api_token", "access_key_id", "account_sid", "project_token",
    "licence_key", "license_key",
    "access_token", "refresh_token", "id_token", "page_access_token", "user_access_token",
    "client_secret", "consumer_key", "consumer_secret", "oauth_token_secret", "oauth_verifier",
    "oauth1_credentials", "pending_oauth_state", "token", "tokens", "secret", "api_key", "apikey",
    "app_key", "key", "keys", "public_key", "private_key", "encryption_key", "passwd", "pwd",
    "smtp_pass", "passphrase", "credential", "credentials", "signature", "x_hub_signature_256",
    "bearer", "auth", "authorization", "proxy-authorization", "session", "session_id", "cookie",
    "set-cookie", "jwt", "pin", "otp", "totp_seed", "code_verifier", "client_assertion",
    "authorization_code", "access_token_encrypted", "legacy_encrypted", "authTag",
    "accessToken", "clientSecret", "APIKey", "apiKey", "APIKEY", "API_KEY", "X-Api-Key",
    "accesstoken", "dbpassword2", "SecretAccessKey", "accountSid", "token2", "userPIN", "ACCESS_TOKEN",
    "ENCRYPTION_KEY", "ENCRYPTION_KEY_V2", "token_url_password", "secret_type_value",
  ])("takes %s for a secret", (name) => {
    expect(looksSecret(name)).toBe(true)
  })

  it.each([
    "key_version", "keyVersion", "idempotency_key", "Idempotency-Key", "primary_key", "sort_key",
    "auth_type", "authType", "token_type", "token_url", "token_endpoint",
    "token_endpoint_auth_method", "authorization_endpoint", "auth_url", "token_validity",
    "token_expires_at", "tokenExpiresAt", "refresh_token_expires_at", "access_token_expires_in",
    "credentials_version", "id", "name", "client_id", "base_url", "author", "authors", "keyword",
    "keywords", "shipping", "pinned", "pinterest_board", "monkey", "compass", "description",
    "status", "category", "scopes", "icon_url", "message", "code", "state", "table", "field",
    "row_id", "kid", "iv", "design", "insights", "", "1",
  ])("takes %s for harmless", (name) => {
    expect(looksSecret(name)).toBe(false)
  })
})
