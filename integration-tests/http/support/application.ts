import type { MedusaContainer } from "@medusajs/framework/types"
import {
  ContainerRegistrationKeys,
  generateJwtToken,
  Modules,
} from "@medusajs/framework/utils"
import type { AxiosInstance, AxiosResponse } from "axios"
import { approveConsent } from "../../../sandbox/consent-client"

/** One admin's view of the API: no answer throws, so that tests can look at it. */
export interface Admin {
  id: string
  get: (path: string) => Promise<AxiosResponse>
  post: (path: string, body?: object) => Promise<AxiosResponse>
  delete: (path: string) => Promise<AxiosResponse>
}

/** Creates an admin user, and the way into the API as that one. */
export const createAdmin = async (
  api: AxiosInstance,
  container: MedusaContainer,
  email: string
): Promise<Admin> => {
  const { id, token } = await logIn(container, email)
  const options = {
    headers: { authorization: `Bearer ${token}` },
    validateStatus: () => true,
  }
  return {
    id,
    get: (path) => api.get(path, options),
    post: (path, body = {}) => api.post(path, body, options),
    delete: (path) => api.delete(path, options),
  }
}

/**
 * Creates an admin user with a token as Medusa's login gives it. Without the
 * login: a password's hash takes longer than most tests.
 */
export const logIn = async (
  container: MedusaContainer,
  email: string
): Promise<{ id: string; token: string }> => {
  const { id } = await container.resolve(Modules.USER).createUsers({ email })
  const { projectConfig } = container.resolve(
    ContainerRegistrationKeys.CONFIG_MODULE
  )
  const { jwtSecret, jwtExpiresIn, jwtOptions } = projectConfig.http
  const token = generateJwtToken(
    { actor_id: id, actor_type: "user", app_metadata: { user_id: id } },
    { secret: jwtSecret, expiresIn: jwtExpiresIn, jwtOptions }
  )
  return { id, token }
}

/** Creates a platform for the sandbox network. */
export const createSandboxPlatform = async (
  admin: Admin,
  body: object = {}
): Promise<string> => {
  const { data } = await admin.post("/admin/social-platforms", {
    name: "Ada's sandbox",
    provider: "sandbox",
    ...body,
  })
  if (!data.social_platform) {
    throw new Error(`No platform was created: ${JSON.stringify(data)}`)
  }
  return data.social_platform.id
}

/** Starts an authorization and approves it on the sandbox's own consent page. */
export const approve = async (
  admin: Admin,
  platformId: string
): Promise<{ state: string; code: string; iss: string }> => {
  const { data } = await admin.get(
    `/admin/oauth/sandbox?platform_id=${platformId}`
  )
  if (!data.location) {
    throw new Error(`No authorization was started: ${JSON.stringify(data)}`)
  }
  const { searchParams } = new URL(await approveConsent(data.location))
  return {
    state: searchParams.get("state")!,
    code: searchParams.get("code")!,
    iss: searchParams.get("iss")!,
  }
}

/** Creates and connects a platform through the whole OAuth redirect. */
export const connectSandbox = async (
  admin: Admin,
  body: object = {}
): Promise<string> => {
  const id = await createSandboxPlatform(admin, body)
  const answer = await approve(admin, id)
  const response = await admin.post("/admin/oauth/sandbox/callback", answer)
  if (response.status !== 200) {
    throw new Error(`Connecting failed: ${JSON.stringify(response.data)}`)
  }
  return id
}

/** The id of a connected platform's account. */
export const accountOf = async (
  admin: Admin,
  platformId: string,
  externalId = "page_main"
): Promise<string> => {
  const { data } = await admin.get(
    `/admin/social-accounts?platform_id=${platformId}`
  )
  return data.social_accounts.find(
    (account: { external_id: string }) => account.external_id === externalId
  ).id
}

/** Runs SQL on the application's own connection: what is really stored. */
export const sql = async (
  container: MedusaContainer,
  statement: string,
  parameters: unknown[] = []
): Promise<Record<string, any>[]> => {
  const knex = container.resolve(ContainerRegistrationKeys.PG_CONNECTION)
  const { rows } = await knex.raw(statement, parameters as never)
  return rows
}
