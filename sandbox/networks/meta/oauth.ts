import { createHmac, randomBytes } from "node:crypto"
import { jsonReply, type Reply, redirectReply } from "../../http"
import { messageReply } from "../../layout"
import { consentPage, decideOn } from "../consent"
import type { SimulatorRequest } from "../simulator"
import {
  ADA,
  GraphRefusal,
  type Host,
  INSTAGRAM,
  PROFILE,
  type State,
  type Token,
} from "./state"

type Fields = Record<string, string | undefined>

const HOUR_MS = 3_600_000
const LONG_LIFE_S = 5_183_944

const LABELS: Record<Host, string> = {
  facebook: "Facebook",
  instagram: "Instagram",
  threads: "Threads",
}

export const USER_IDS: Record<Host, string> = {
  facebook: ADA.id,
  instagram: INSTAGRAM.id,
  threads: PROFILE.id,
}

const secret = (prefix: string): string =>
  `${prefix}${randomBytes(24).toString("hex")}`

/** The consent page, or why there is none. */
export function askConsent(
  state: State,
  host: Host,
  { url }: SimulatorRequest
): Reply {
  const asked = Object.fromEntries(url.searchParams)
  if (asked.client_id !== state.apps[host].id) {
    return messageReply(
      400,
      "Invalid app ID",
      "Connect again.",
      "The provided app ID does not look like a valid app ID."
    )
  }
  if (
    !asked.redirect_uri ||
    !URL.canParse(asked.redirect_uri) ||
    asked.response_type !== "code"
  ) {
    return messageReply(
      400,
      "This request was refused",
      "Connect again.",
      "Invalid redirect_uri or response_type."
    )
  }
  const scopes = (asked.scope ?? "").split(",").filter(Boolean)
  const id = secret("r")
  state.grants.set(id, {
    host,
    client_id: asked.client_id,
    redirect_uri: asked.redirect_uri,
    scopes,
    state: asked.state ?? null,
  })
  return consentPage({
    title: `Continue as ${ADA.name}?`,
    letter: LABELS[host].charAt(0),
    heading: `Your app wants to access ${LABELS[host]} in your name`,
    account: `Signed in as ${ADA.name} at the simulated Meta`,
    scopes,
    action: `/consent/${id}`,
    allow: "Continue",
    refuse: "Not now",
  })
}

/** What the person has pressed on the consent page. */
export function decide(state: State, id: string, fields: Fields): Reply {
  const host = state.grants.get(id)?.host
  const reply = decideOn(
    state.grants,
    id,
    fields.decision,
    (grant) => {
      const code = secret("AQ")
      const isGranted = (one: string) => !state.refused_scopes.includes(one)
      state.codes.set(code, {
        ...grant,
        scopes: grant.scopes.filter(isGranted),
      })
      return { code }
    },
    {
      error: "access_denied",
      error_reason: "user_denied",
      error_description: "Permissions error",
    }
  )
  // Meta's own: it has to be left off the code.
  return host
    ? redirectReply(
        303,
        `${reply.headers.location}#${host === "facebook" ? "_=_" : "_"}`
      )
    : reply
}

/** Makes a token, as if somebody had granted it. */
export function makeToken(
  state: State,
  host: Host,
  kind: Token["kind"],
  scopes: string[],
  life_ms: number | null = kind === "short" ? HOUR_MS : LONG_LIFE_S * 1000
): string {
  const token = secret(
    host === "instagram" ? "IG" : host === "threads" ? "TH" : "EAA"
  )
  state.tokens.set(token, {
    host,
    kind,
    scopes,
    issued_at: Date.now(),
    expires_at: life_ms === null ? null : Date.now() + life_ms,
    is_revoked: false,
  })
  return token
}

const requireApp = (
  { apps }: State,
  host: Host,
  id: string | undefined,
  key: string | undefined
): void => {
  if (id !== apps[host].id) {
    throw new GraphRefusal(
      400,
      101,
      undefined,
      "Error validating application. Cannot get application info due to a system error."
    )
  }
  if (key !== apps[host].secret) {
    throw new GraphRefusal(400, 1, undefined, "Error validating client secret.")
  }
}

/** Exchanges a code for a token of an hour. */
export function giveToken(state: State, host: Host, fields: Fields): Reply {
  requireApp(state, host, fields.client_id, fields.client_secret)
  const grant = state.codes.get(fields.code ?? "")
  state.codes.delete(fields.code ?? "")
  if (
    !grant ||
    grant.host !== host ||
    grant.redirect_uri !== fields.redirect_uri
  ) {
    throw new GraphRefusal(
      400,
      100,
      36009,
      "This authorization code has been used."
    )
  }
  const access_token = makeToken(state, host, "short", grant.scopes)
  if (host === "facebook") {
    return jsonReply(200, {
      access_token,
      token_type: "bearer",
      expires_in: 3600,
    })
  }
  const granted = { access_token, user_id: Number(USER_IDS[host]) }
  return jsonReply(
    200,
    host === "instagram"
      ? { data: [{ ...granted, permissions: grant.scopes.join(",") }] }
      : granted
  )
}

/** The exchanges of a living token for one of sixty days. */
export function exchangeToken(state: State, host: Host, fields: Fields): Reply {
  const prefix = { facebook: "fb", instagram: "ig", threads: "th" }[host]
  const isFirst = fields.grant_type === `${prefix}_exchange_token`
  if (!isFirst && fields.grant_type !== `${prefix}_refresh_token`) {
    throw new GraphRefusal(400, 100, undefined, "Invalid grant_type.")
  }
  if (isFirst) {
    requireApp(
      state,
      host,
      host === "facebook" ? fields.client_id : state.apps[host].id,
      fields.client_secret
    )
  }
  const old = requireLiving(
    state,
    host,
    (host === "facebook" ? fields.fb_exchange_token : fields.access_token) ?? ""
  )
  if (!isFirst && Date.now() - old.issued_at < 24 * HOUR_MS) {
    throw new GraphRefusal(
      400,
      190,
      undefined,
      "The token must be at least 24 hours old."
    )
  }
  return jsonReply(200, {
    access_token: makeToken(state, host, "long", old.scopes),
    token_type: "bearer",
    expires_in: LONG_LIFE_S,
  })
}

/** @throws GraphRefusal for a token that is unknown, over or revoked */
export function requireLiving(state: State, host: Host, value: string): Token {
  const token = state.tokens.get(value)
  if (!token || token.host !== host) {
    throw new GraphRefusal(
      400,
      190,
      undefined,
      "Invalid OAuth access token - Cannot parse access token"
    )
  }
  if (token.is_revoked) {
    throw new GraphRefusal(
      400,
      190,
      460,
      "Error validating access token: The session has been invalidated because the user changed their password or Facebook has changed the session for security reasons."
    )
  }
  if (token.expires_at !== null && token.expires_at <= Date.now()) {
    throw new GraphRefusal(
      400,
      190,
      463,
      "Error validating access token: Session has expired."
    )
  }
  return token
}

const bearerOf = ({ headers, url }: SimulatorRequest): string =>
  /^(?:Bearer|OAuth) (.+)$/i.exec(headers.authorization ?? "")?.[1] ??
  url.searchParams.get("access_token") ??
  ""

/**
 * Whose request it is.
 *
 * @param scopes - of which one is enough
 * @throws GraphRefusal
 */
export function requireToken(
  state: State,
  host: Host,
  request: SimulatorRequest,
  ...scopes: string[]
): Token {
  const value = bearerOf(request)
  const token = requireLiving(state, host, value)
  const proof = request.url.searchParams.get("appsecret_proof")
  const due = createHmac("sha256", state.apps[host].secret)
    .update(value)
    .digest("hex")
  if (proof === null ? state.requires_proof : proof !== due) {
    throw new GraphRefusal(
      400,
      100,
      undefined,
      proof === null
        ? "API calls from the server require an appsecret_proof argument"
        : "Invalid appsecret_proof provided in the API argument"
    )
  }
  if (scopes.length && !scopes.some((scope) => token.scopes.includes(scope))) {
    throw new GraphRefusal(
      403,
      10,
      undefined,
      `(#10) Application does not have permission for this action: ${scopes.join(" or ")}`
    )
  }
  return token
}

/** `GET /debug_token`, which answers to the app alone. */
export function debugToken(state: State, request: SimulatorRequest): Reply {
  const { id, secret: key } = state.apps.facebook
  if (bearerOf(request) !== `${id}|${key}`) {
    throw new GraphRefusal(
      400,
      190,
      undefined,
      "Invalid OAuth access token signature."
    )
  }
  const token = state.tokens.get(
    request.url.searchParams.get("input_token") ?? ""
  )
  const isValid =
    !!token && !token.is_revoked && (token.expires_at ?? Infinity) > Date.now()
  return jsonReply(200, {
    data: {
      app_id: id,
      type: "USER",
      is_valid: isValid,
      expires_at: Math.floor((token?.expires_at ?? 0) / 1000),
      data_access_expires_at: Math.floor(Date.now() / 1000) + 90 * 86_400,
      scopes: token?.scopes ?? [],
      user_id: ADA.id,
      ...(!isValid && {
        error: { code: 190, subcode: 460, message: "The token is not valid." },
      }),
    },
  })
}
