import type { ServerResponse } from "node:http"
import type { Received } from "./independent-check"

/** An answer that ends a request early. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly body: string | object
  ) {
    super(String(status))
  }
}

/** The errors as X words them. */
export const refusals = {
  badData: () =>
    new Refusal(400, {
      errors: [{ code: 215, message: "Bad Authentication data." }],
    }),
  unknown: () =>
    new Refusal(401, {
      errors: [{ code: 32, message: "Could not authenticate you." }],
    }),
  outOfTime: () =>
    new Refusal(401, {
      errors: [{ code: 135, message: "Timestamp out of bounds." }],
    }),
  badToken: () =>
    new Refusal(401, {
      errors: [{ code: 89, message: "Invalid or expired token." }],
    }),
  badCallback: () =>
    new Refusal(403, {
      errors: [
        {
          code: 415,
          message:
            "Callback URL not approved for this client application. Approved callback URLs can be adjusted in your application settings",
        },
      ],
    }),
  badVerifier: () =>
    new Refusal(
      401,
      "Error processing your OAuth request: Invalid oauth_verifier parameter"
    ),
}

export const send = (
  response: ServerResponse,
  status: number,
  body: string | object,
  headers: Record<string, string> = {}
) =>
  response
    .writeHead(status, {
      "content-type":
        typeof body === "string"
          ? "text/html;charset=utf-8"
          : "application/json",
      ...headers,
    })
    .end(typeof body === "string" ? body : JSON.stringify(body))

/** How the network misbehaves; where it can, it repeats all that it was sent. */
export type OAuth1Fault =
  | "refuses"
  | "refuses with a problem code"
  | "fails"
  | "limits"
  | "redirects"
  | "answers with a page"
  | "answers with too much"
  | "confirms no callback"
  | "leaves out the secret"
  | "hangs up"

/** Answers with a fault instead of what was asked for. */
export const misbehave = (
  response: ServerResponse,
  { authorization, body }: Received,
  fault: OAuth1Fault
) => {
  const echo = `I will not take ${authorization} ${body}`
  switch (fault) {
    case "refuses":
      return send(response, 401, echo)
    case "refuses with a problem code":
      return send(response, 401, `${echo}&oauth_problem=token_rejected`, {
        "www-authenticate": `OAuth realm="x", oauth_problem="token_rejected"`,
      })
    case "fails":
      return send(response, 503, echo)
    case "limits":
      return send(response, 429, echo, { "retry-after": "60" })
    case "redirects":
      return send(response, 302, echo, {
        location: `http://localhost/?sent=${encodeURIComponent(authorization)}`,
      })
    case "answers with a page":
      return send(
        response,
        200,
        `<p>${echo}</p><a href="/?a=b&oauth_token=page&oauth_token_secret=page&oauth_callback_confirmed=true&c">`
      )
    case "answers with too much":
      return send(
        response,
        200,
        `oauth_token=a&oauth_token_secret=b&oauth_callback_confirmed=true&rest=${"x".repeat(2_000_000)}`
      )
    case "confirms no callback":
      return send(response, 200, "oauth_token=a&oauth_token_secret=b")
    case "leaves out the secret":
      return send(
        response,
        200,
        "oauth_token=a&oauth_token_secret=&oauth_callback_confirmed=true"
      )
    case "hangs up":
      return response.destroy()
  }
}
