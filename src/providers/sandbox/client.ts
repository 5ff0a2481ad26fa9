import { ServiceError } from "../../errors/service-error"
import { classifyServiceError } from "../../http/classify"
import { readJson } from "../../http/fetch"
import type { ProviderContext } from "../types"
import { SANDBOX_SERVICE, sandboxDescription } from "./description"

interface SandboxErrorBody {
  error?: { code?: string; message?: string }
}

/**
 * What to make of a successful answer that lacks what it must have.
 *
 * @param missing - what it lacks, for the message
 */
export const malformedAnswer = (missing: string): ServiceError =>
  new ServiceError(
    "transient",
    `${SANDBOX_SERVICE} answered without ${missing}.`,
    {
      code: "malformed_response",
      outcomeUnknown: true,
    }
  )

/**
 * One call to the sandbox's API with the platform's access token.
 *
 * @param path - below the base address, with its query
 * @throws {ServiceError} classified by the sandbox's error table
 */
export const callSandbox = async <T>(
  { settings, credential, fetch }: ProviderContext,
  path: string,
  init: RequestInit = {}
): Promise<T> => {
  const base = String(settings.base_url).replace(/\/+$/, "")
  const headers = new Headers(init.headers)
  const token = await credential("access_token")
  headers.set("authorization", `Bearer ${token.reveal()}`)
  headers.set("accept", "application/json")

  const response = await fetch(`${base}${path}`, { ...init, headers })
  const body = await readJson<T & SandboxErrorBody>(SANDBOX_SERVICE, response)
  if (response.ok) {
    return body
  }
  throw classifyServiceError(
    SANDBOX_SERVICE,
    response,
    { code: body.error?.code ?? "unknown_error", message: body.error?.message },
    sandboxDescription.error_rules
  )
}
