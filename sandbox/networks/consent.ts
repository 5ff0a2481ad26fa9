import { html } from "../html"
import { type Reply, redirectReply } from "../http"
import { messageReply, pageReply } from "../layout"

/** Where an authorization request wants its response. */
export interface Return {
  redirect_uri: string
  state: string | null
}

/** What a person reads before they decide. */
export interface ConsentPage {
  title: string
  /** In place of the network's logo. */
  letter: string
  heading: string
  /** As whom they are signed in. */
  account: string
  /** What the application asks for, in the network's words. */
  scopes: readonly (string | undefined)[]
  /** Where the form is sent to. */
  action: string
  allow: string
  /** @default "Cancel" */
  refuse?: string
}

/** The page on which a person lets an application in, or does not. */
export const consentPage = ({
  title,
  letter,
  heading,
  account,
  scopes,
  action,
  allow,
  refuse = "Cancel",
}: ConsentPage): Reply =>
  pageReply(
    200,
    title,
    html`<div class="card consent">
      <div class="app" aria-hidden="true">${letter}</div>
      <h1>${heading}</h1>
      <p class="muted">${account}</p>
      <form method="post" action="${action}">
        <ul class="scopes">
          ${scopes.map((scope) => html`<li>${scope ?? ""}</li>`)}
        </ul>
        <div class="actions">
          <button type="submit" name="decision" value="refuse">
            ${refuse}
          </button>
          <button type="submit" name="decision" value="allow" class="primary">
            ${allow}
          </button>
        </div>
      </form>
    </div>`
  )

/** Sends a person back to the application (RFC 6749, section 4.1.2). */
export const sendBack = (
  { redirect_uri, state }: Return,
  parameters: Readonly<Record<string, string>>
): Reply => {
  const target = new URL(redirect_uri)
  for (const [name, value] of Object.entries(parameters)) {
    target.searchParams.set(name, value)
  }
  if (state !== null) {
    target.searchParams.set("state", state)
  }
  return redirectReply(303, target.href)
}

/**
 * Carries out what a person has pressed on the consent page.
 *
 * @param requests - that wait for a decision; each is decided once
 * @param allow - makes the code, and returns what goes back with it
 * @param refuse - what goes back where the person refuses
 */
export const decideOn = <Grant extends Return>(
  requests: Map<string, Grant>,
  id: string,
  decision: unknown,
  allow: (grant: Grant) => Readonly<Record<string, string>>,
  refuse: Readonly<Record<string, string>> = { error: "access_denied" }
): Reply => {
  const grant = requests.get(id)
  if (!grant) {
    return messageReply(400, "This request has expired", "Connect again.")
  }
  requests.delete(id)
  return sendBack(grant, decision === "allow" ? allow(grant) : refuse)
}
