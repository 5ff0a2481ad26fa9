import type { SecretString } from "../../secrets/secret-string"

/**
 * How a request is signed: RFC 5849, section 3.4, and HMAC-SHA256, which newer
 * services ask for and which works like HMAC-SHA1.
 */
export type OAuth1SignatureMethod =
  "HMAC-SHA1" | "HMAC-SHA256" | "RSA-SHA1" | "PLAINTEXT"

/** A service's OAuth 1.0a endpoints (RFC 5849, section 2) and how it wants requests signed. */
export interface OAuth1Server {
  /**
   * Where temporary credentials come from. Parameters that the service wants
   * there, for example `x_auth_access_type`, go into its query.
   */
  request_token_endpoint: string
  /** Where the person decides. */
  authorization_endpoint: string
  access_token_endpoint: string
  signature_method: OAuth1SignatureMethod
  /** `realm` of the Authorization header, for services that tell their accounts apart by it. */
  realm?: string
  /** Additional parameters of the authorization page's address, for example `force_login`. */
  authorization_parameters?: Record<string, string>
}

/** The application's registration with the service. */
export interface OAuth1Client {
  consumer_key: string
  consumer_secret: SecretString
  /** PEM of the RSA key, for the signature method RSA-SHA1 alone. */
  private_key?: SecretString
}

/** A token and its secret: temporary credentials or token credentials. */
export interface OAuth1Credentials {
  token: SecretString
  token_secret: SecretString
}

/** What a person granted. It has no lifetime: it ends when somebody revokes it. */
export interface OAuth1TokenSet extends OAuth1Credentials {
  /**
   * What else the response said, for example `user_id`. Parameters whose names
   * look like a secret's are left out, because nobody seals these values.
   */
  extra: Record<string, string>
}
