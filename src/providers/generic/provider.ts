import type { ProviderContext, SocialProvider } from "../types"
import { genericDescription } from "./description"
import { verifyByProbe } from "./verify"

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

/** The provider for services of which nothing is known but how they authenticate. */
export const genericProvider: SocialProvider = {
  description: genericDescription,
  verify: async (context) => {
    const [header, value] = await authenticationHeader(context)
    return verifyByProbe(context, { [header]: value })
  },
}
