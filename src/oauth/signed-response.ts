import { createHmac, timingSafeEqual } from "node:crypto"
import { ServiceError } from "../errors/service-error"
import { SecretString } from "../secrets/secret-string"
import { hashState } from "./state"
import type { OAuth2Client } from "./types"

export interface SignedResponse {
  /** The whole query of the redirect. */
  parameters: URLSearchParams
  /** The parameter that carries the signature. */
  signature_parameter: string
  /** Parameters that must have just this value, whatever their case. */
  expected?: Record<string, string>
  /** Of the authorization that is being answered, see `hashState`. */
  state_hash: string
  /** Its secret signs. */
  client: OAuth2Client
}

/**
 * Reads the authorization code from a response that its service has signed with
 * the client secret: HMAC-SHA256, in hexadecimal, over the query of the other
 * parameters in the order of their names. So nobody can have it answered for another account
 * than the one that was asked for (RFC 9700, section 4.5).
 *
 * @throws {ServiceError} `permission` for a response that the service has not
 * signed, or that is for another authorization or account; `config_error`
 * without a client secret
 */
export const readSignedResponse = ({
  parameters,
  signature_parameter,
  expected = {},
  state_hash,
  client,
}: SignedResponse): SecretString => {
  if (!client.client_secret) {
    throw new ServiceError(
      "config_error",
      "The application's client secret is not configured. The service's response cannot be checked without it.",
      { code: "missing_client_secret" }
    )
  }
  if (!isSigned(parameters, signature_parameter, client.client_secret)) {
    throw refusal(
      "invalid_signature",
      "The response is not signed by the service with the client secret that is configured here. Compare the client secret with the application's registration, then start again with Connect."
    )
  }
  // The state that came along was checked; this is the one that was signed.
  if (hashState(parameters.get("state") ?? "") !== state_hash) {
    throw refusal(
      "state_mismatch",
      "The response belongs to another authorization. Start again with Connect."
    )
  }
  for (const [name, value] of Object.entries(expected)) {
    if (parameters.get(name)?.toLowerCase() !== value.toLowerCase()) {
      throw refusal(
        `${name}_mismatch`,
        `The response is for another ${name} than "${value}", which the platform's settings name. Correct the settings, or choose that ${name} at the service, then start again with Connect.`
      )
    }
  }
  const code = parameters.get("code")
  if (!code) {
    throw refusal("no_code", "The response has no authorization code.")
  }
  return new SecretString(code)
}

const refusal = (code: string, message: string): ServiceError =>
  new ServiceError("permission", message, { code })

const isSigned = (
  parameters: URLSearchParams,
  signatureParameter: string,
  secret: SecretString
): boolean => {
  const signature = Buffer.from(parameters.get(signatureParameter) ?? "", "hex")
  const expected = createHmac("sha256", secret.reveal())
    .update(signedText(parameters, signatureParameter))
    .digest()
  return (
    signature.length === expected.length && timingSafeEqual(signature, expected)
  )
}

/** The parameters without their signature, as a query whose spaces are `%20`. */
const signedText = (
  parameters: URLSearchParams,
  signatureParameter: string
): string => {
  const signed = new URLSearchParams(parameters)
  signed.delete(signatureParameter)
  signed.sort()
  return signed.toString().replaceAll("+", "%20")
}
