import { ServiceError } from "../../errors/service-error"
import type { ProviderContext } from "../types"
import { DEFAULT_PDS, identifierOf } from "./description"
import { homeOf, malformed, type Session } from "./session"

/** Where the documents of accounts (`did:plc`) are. */
const DIRECTORY = "https://plc.directory"

interface DidDocument extends NonNullable<Session["didDoc"]> {
  id?: string
  alsoKnownAs?: string[]
}

const configError = (code: string, message: string): ServiceError =>
  new ServiceError("config_error", message, { code })

const resolveHandle = async (
  { request, settings }: ProviderContext,
  handle: string
): Promise<string> => {
  const server = String(settings.base_url || DEFAULT_PDS).replace(/\/+$/, "")
  const { did } = await request<{ did?: string }>(
    `${server}/xrpc/com.atproto.identity.resolveHandle`,
    { credentials: "omit", query: { handle } }
  )
  if (!did) {
    throw malformed("the account of the handle")
  }
  return did
}

/** Where the document of an account is (W3C DID Core; did:plc and did:web). */
const documentAddress = (did: string, directory: unknown): string => {
  const [, method, name] = did.split(":")
  if (method === "plc") {
    return `${String(directory || DIRECTORY).replace(/\/+$/, "")}/${did}`
  }
  if (method === "web" && name) {
    return `https://${decodeURIComponent(name)}/.well-known/did.json`
  }
  throw configError(
    "unknown_did",
    "The handle leads to no account that this version understands. Check it."
  )
}

/**
 * Finds an account's authorization server: handle, DID, its server, and who
 * protects that (atproto.com/specs/oauth, identity authentication). What each
 * says of the next is checked where that says it too.
 */
export const discover = async (
  context: ProviderContext
): Promise<Record<string, string>> => {
  const { request, settings } = context
  const entered = identifierOf(settings)
  const did = entered.startsWith("did:")
    ? entered
    : await resolveHandle(context, entered)
  const document = await request<DidDocument>(
    documentAddress(did, settings.plc_directory),
    { credentials: "omit" }
  )
  const isItsOwn =
    entered === did ||
    document.alsoKnownAs?.some(
      (name) => name.toLowerCase() === `at://${entered.toLowerCase()}`
    )
  if (document.id !== did || !isItsOwn) {
    throw configError(
      "handle_mismatch",
      `The account that @${entered} leads to does not call itself so. Check the handle.`
    )
  }
  const pds = homeOf({ didDoc: document }, "").replace(/\/+$/, "")
  if (!pds) {
    throw malformed("the account's server")
  }
  const { authorization_servers, resource } = await request<{
    resource?: string
    authorization_servers?: string[]
  }>(`${pds}/.well-known/oauth-protected-resource`, { credentials: "omit" })
  const [issuer] = authorization_servers ?? []
  if (!issuer || resource !== pds) {
    throw configError(
      "no_authorization_server",
      `The server of @${entered} does not say who gives access to it. Connect with an app password.`
    )
  }
  return { did, pds, issuer }
}
