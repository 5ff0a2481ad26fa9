import type { Reply } from "../../http"
import type { SimulatorRequest } from "../simulator"
import { type BlueskyAccount, type BlueskyState, XrpcError } from "./state"

export type Call = {
  request: SimulatorRequest
  state: BlueskyState
  /** The query's parameters. */
  params: URLSearchParams
  /** The body's JSON. */
  input: Record<string, any>
  /** Where the accounts live. */
  home: string
}

export type Handler = (call: Call) => object | Reply

export const didOfHost = (address: string): string =>
  `did:web:${new URL(address).host.replace(":", "%3A")}`

export const didDocOf = ({ did, handle }: BlueskyAccount, home: string) => ({
  "@context": ["https://www.w3.org/ns/did/v1"],
  id: did,
  alsoKnownAs: [`at://${handle}`],
  verificationMethod: [],
  service: [
    {
      id: "#atproto_pds",
      type: "AtprotoPersonalDataServer",
      serviceEndpoint: home,
    },
  ],
})

export const sessionOf = (account: BlueskyAccount, home: string) => ({
  did: account.did,
  handle: account.handle,
  didDoc: didDocOf(account, home),
  email: "ada@example.com",
  emailConfirmed: true,
  active: !account.status,
  ...(account.status && { status: account.status }),
})

export const accountIn = (
  { state, request }: Call,
  use: "access" | "refresh" = "access"
): BlueskyAccount => {
  const { token } = state.requireToken(request.headers.authorization, use)
  return state.findAccount(token.did)!
}

/** The account that a service token speaks for. */
export const delegatorIn = (
  { state, request }: Call,
  aud: string,
  lxm: string
): BlueskyAccount => {
  const { token } = state.requireToken(request.headers.authorization, "service")
  if (token.use !== "service" || token.aud !== aud || token.lxm !== lxm) {
    throw new XrpcError(401, "BadJwtAudience", "jwt audience does not match")
  }
  return state.findAccount(token.did)!
}

export const createSession: Handler = ({ state, input, home }) => {
  state.countLogin()
  const account = state.findAccount(String(input.identifier))
  const isOwn = account?.password === input.password
  if (isOwn && !input.authFactorToken) {
    throw new XrpcError(
      401,
      "AuthFactorTokenRequired",
      "A sign in code has been sent to your email address"
    )
  }
  if (!account || !account.appPasswords.includes(input.password)) {
    throw new XrpcError(
      401,
      "AuthenticationRequired",
      "Invalid identifier or password"
    )
  }
  if (account.status === "takendown") {
    throw new XrpcError(401, "AccountTakedown", "Account has been taken down")
  }
  return { ...sessionOf(account, home), ...state.openSession(account.did) }
}

export const refreshSession: Handler = (call) => {
  const account = accountIn(call, "refresh")
  const { jwt } = call.state.requireToken(
    call.request.headers.authorization,
    "refresh"
  )
  call.state.end(jwt)
  return {
    ...sessionOf(account, call.home),
    ...call.state.openSession(account.did),
  }
}

export const getServiceAuth: Handler = (call) => {
  const { did } = accountIn(call)
  const ends = Number(call.params.get("exp")) * 1000 || Date.now() + 60_000
  const aud = call.params.get("aud") ?? ""
  const lxm = call.params.get("lxm") ?? ""
  return { token: call.state.issue({ did, use: "service", ends, aud, lxm }) }
}
