import { generateKeyPairSync } from "node:crypto"
import { inspect } from "node:util"
import type { OAuth1Network } from "../../../../../integration-tests/http/support/oauth1-network"
import { ServiceError } from "../../../../errors/service-error"
import { SecretString } from "../../../../secrets/secret-string"
import { buildAuthorizationUrl } from "../../authorization-url"
import { readAuthorizationCallback } from "../../callback"
import { requestTemporaryCredentials } from "../../temporary-credentials"
import { exchangeVerifier } from "../../token-credentials"
import type {
  OAuth1Client,
  OAuth1Credentials,
  OAuth1TokenSet,
} from "../../types"

export const callbackUrl =
  "https://shop.example.com/oauth/x/callback?state=a%2Bb c"

/** The application's key pair for RSA-SHA1. */
export const keys = generateKeyPairSync("rsa", { modulusLength: 2048 })
const privatePem = String(
  keys.privateKey.export({ type: "pkcs8", format: "pem" })
)

export const clientOf = (
  network: OAuth1Network,
  override: Partial<OAuth1Client> = {}
): OAuth1Client => ({
  consumer_key: network.consumer_key,
  consumer_secret: new SecretString(network.consumer_secret),
  private_key: new SecretString(privatePem),
  ...override,
})

export const ask = (
  network: OAuth1Network,
  override: Partial<OAuth1Client> = {}
) =>
  requestTemporaryCredentials({
    server: network.endpoints,
    client: clientOf(network, override),
    fetch,
    callbackUrl,
  })

/** What a browser and a person do. */
export const visit = async (
  network: OAuth1Network,
  temporary: OAuth1Credentials
): Promise<URL> => {
  const page = buildAuthorizationUrl(network.endpoints, temporary.token)
  const response = await fetch(page, { redirect: "manual" })
  return new URL(response.headers.get("location") ?? "")
}

export const exchange = (
  network: OAuth1Network,
  temporaryCredentials: OAuth1Credentials,
  back: URL
) =>
  exchangeVerifier({
    server: network.endpoints,
    client: clientOf(network),
    fetch,
    temporaryCredentials,
    callback: readAuthorizationCallback(back.searchParams),
  })

/** The whole way to a token. */
export const connect = async (
  network: OAuth1Network
): Promise<OAuth1TokenSet> => {
  const temporary = await ask(network)
  return exchange(network, temporary, await visit(network, temporary))
}

/** The failure, after a look whether any of the network's secrets shows in it. */
export const failureOf = async (
  promise: Promise<unknown>
): Promise<ServiceError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason
  )
  expect(error).toBeInstanceOf(ServiceError)
  const printed = `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)}`
  expect(printed).not.toContain("marked")
  expect(printed).not.toContain("PRIVATE KEY")
  return error as ServiceError
}
