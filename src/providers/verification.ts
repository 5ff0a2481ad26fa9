/**
 * What a service says about a platform's credentials. What it says besides the
 * sentence is stored on the platform; what it does not say stays as it is.
 */
export interface Verification {
  /** One sentence for the merchant about whom the credentials belong to. */
  message: string
  /** When the access token ends; null when it does not. */
  token_expires_at?: Date | null
  /** The scopes that were granted. */
  granted_scopes?: readonly string[]
}
