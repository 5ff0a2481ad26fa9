import type { IncomingMessage, ServerResponse } from "node:http"
import { errors, type Provider } from "oidc-provider"
import { SCOPES, USER } from "./directory"
import { html } from "./html"
import { redirectReply, type Reply, type SandboxRequest } from "./http"
import { messageReply, pageReply } from "./layout"

type Interaction = Awaited<ReturnType<Provider["interactionDetails"]>>

/** The request and response of node:http: the library reads its cookie from them. */
export type Exchange = { request: IncomingMessage; response: ServerResponse }

function requestedScopes(interaction: Interaction): string[] {
  return String(interaction.params.scope ?? "")
    .split(" ")
    .filter((scope) => scope in SCOPES)
}

function consentPage(interaction: Interaction, appName: string): Reply {
  const scopes = requestedScopes(interaction)
  const destination = new URL(String(interaction.params.redirect_uri))
  return pageReply(
    200,
    `Allow ${appName}?`,
    html`<div class="card consent">
      <div class="app" aria-hidden="true">${appName.charAt(0)}</div>
      <h1>${appName} asks for access to your account</h1>
      <div class="who">
        <img class="avatar" src="/avatars/${USER.id}.svg" alt="" />
        <div>
          <strong>${USER.name}</strong>
          <p class="muted">Signed in as @${USER.username}</p>
        </div>
      </div>
      <h2>It will be able to</h2>
      <ul class="scopes">
        ${scopes.map((scope) => html`<li>${SCOPES[scope]}</li>`)}
      </ul>
      <form method="post" action="/interaction/${interaction.uid}">
        <div class="actions">
          <button type="submit" name="decision" value="refuse">Refuse</button>
          <button type="submit" name="decision" value="allow" class="primary">
            Allow access
          </button>
        </div>
      </form>
      <p class="muted">You will return to ${destination.host}.</p>
    </div>`
  )
}

async function approve(
  provider: Provider,
  interaction: Interaction,
  { request, response }: Exchange
): Promise<Reply> {
  const grant = new provider.Grant({
    accountId: USER.id,
    clientId: String(interaction.params.client_id),
  })
  grant.addOIDCScope(requestedScopes(interaction).join(" "))
  const grantId = await grant.save()
  const location = await provider.interactionResult(request, response, {
    login: { accountId: USER.id },
    consent: { grantId },
  })
  return redirectReply(303, location)
}

async function refuse(
  provider: Provider,
  { request, response }: Exchange
): Promise<Reply> {
  const location = await provider.interactionResult(
    request,
    response,
    {
      error: "access_denied",
      error_description: "The user refused the request",
    },
    { mergeWithLastSubmission: false }
  )
  return redirectReply(303, location)
}

function isFromElsewhere(request: SandboxRequest, issuer: string): boolean {
  const origin = request.header("origin")
  return origin !== undefined && origin !== issuer
}

/**
 * Shows the consent page, and acts on its form. The interaction's cookie, bound
 * to this path and not sent across sites, ties the form to the browser that
 * began the authorization request.
 *
 * @returns a page, or the redirect on to the rest of the authorization
 */
export async function answerConsent(
  provider: Provider,
  request: SandboxRequest,
  exchange: Exchange
): Promise<Reply> {
  let interaction: Interaction
  try {
    interaction = await provider.interactionDetails(
      exchange.request,
      exchange.response
    )
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) {
      throw error
    }
    return messageReply(
      400,
      "This request has expired",
      "Go back to the application and connect again."
    )
  }
  if (request.method === "GET") {
    const client = await provider.Client.find(
      String(interaction.params.client_id)
    )
    return consentPage(interaction, client?.clientName ?? "An application")
  }
  if (
    request.method !== "POST" ||
    isFromElsewhere(request, provider.issuer) ||
    request.url.pathname !== `/interaction/${interaction.uid}`
  ) {
    return messageReply(
      403,
      "This answer was not accepted",
      "Go back to the application and connect again."
    )
  }
  const form = new URLSearchParams((await request.readBody())?.toString() ?? "")
  const decision = form.get("decision")
  if (decision === "allow") {
    return approve(provider, interaction, exchange)
  }
  if (decision === "refuse") {
    return refuse(provider, exchange)
  }
  return messageReply(400, "No decision", "Choose to allow or to refuse.")
}
