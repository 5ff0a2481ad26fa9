import { ServiceError } from "../../errors/service-error"
import type { ProviderContext } from "../types"
import type { GitHost, GitUser } from "./host"

interface EmailEntry {
  email?: unknown
  primary?: unknown
  verified?: unknown
}

/** Not every token may read the address; the account is known without it. */
const readPrivateEmail = async (
  { request }: ProviderContext,
  path: string
): Promise<string | null> => {
  try {
    const entries = await request<EmailEntry[]>(path)
    const primary = Array.isArray(entries)
      ? entries.find(
          (entry) => entry.primary === true && entry.verified === true
        )
      : undefined
    return typeof primary?.email === "string" ? primary.email : null
  } catch (error) {
    if (
      error instanceof ServiceError &&
      ["permission", "config_error"].includes(error.errorClass)
    ) {
      return null
    }
    throw error
  }
}

/**
 * Asks whom the platform's token belongs to.
 *
 * @throws {ServiceError} classified by what the host says
 */
export const readUser = async (
  host: GitHost,
  context: ProviderContext
): Promise<GitUser> => {
  const user = host.readUser(
    await context.request<Record<string, unknown>>("/user")
  )
  if (!user.id || !user.username) {
    throw new ServiceError(
      "transient",
      `${host.label} answered without a user.`,
      { code: "malformed_response" }
    )
  }
  if (user.email || !host.emails_path) {
    return user
  }
  return {
    ...user,
    email: await readPrivateEmail(context, host.emails_path),
  }
}
