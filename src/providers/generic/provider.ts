import { ServiceError } from "../../errors/service-error"
import { classifyServiceError } from "../http/classify"
import type { ProviderContext, SocialProvider } from "../types"
import { genericDescription } from "./description"

/** The header that carries the platform's credentials. */
const authenticationHeader = async ({
  auth_type,
  settings,
  credential,
}: ProviderContext): Promise<[name: string, value: string]> => {
  if (auth_type === "basic") {
    const password = await credential("password")
    const login = `${String(settings.username ?? "")}:${password.reveal()}`
    return ["authorization", `Basic ${Buffer.from(login).toString("base64")}`]
  }
  if (auth_type === "bearer") {
    const token = await credential("access_token")
    return ["authorization", `Bearer ${token.reveal()}`]
  }
  const key = await credential("api_key")
  const prefix = settings.api_key_prefix
    ? `${String(settings.api_key_prefix)} `
    : ""
  return [
    String(settings.api_key_header || "authorization"),
    `${prefix}${key.reveal()}`,
  ]
}

const probeAddress = (settings: ProviderContext["settings"]): URL => {
  const address = settings.probe_url
  if (typeof address === "string" && /^https?:\/\//.test(address)) {
    return new URL(address)
  }
  throw new ServiceError(
    "config_error",
    'The platform has no "probe_url" to check its credentials with: set one that starts with https://.',
    { code: "missing_probe_url" }
  )
}

/** The provider for services of which nothing is known but how they authenticate. */
export const genericProvider: SocialProvider = {
  description: genericDescription,
  verify: async (context) => {
    const address = probeAddress(context.settings)
    const [header, value] = await authenticationHeader(context)
    const response = await context.fetch(address, {
      headers: { [header]: value, accept: "application/json" },
    })
    if (!response.ok) {
      throw classifyServiceError("The service", response, {
        code: `http_${response.status}`,
      })
    }
    return `${address.host} accepted the credentials.`
  },
}
