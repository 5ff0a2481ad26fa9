import {
  howToReconnect,
  type Parties,
  troubleTitle,
} from "../../shared/trouble"
import type { CredentialEvent, Revocation } from "../../shared/api-types"
import { formatDateTime, formatMoment, humanize } from "./format"
import type { BadgeColor } from "./labels"

/** A thing that happened, in words. */
export type Activity = {
  title: string
  /** What else is known of it. */
  note: string | null
  color: BadgeColor
}

type Words = {
  title: string
  color: BadgeColor
  note?: (details: Record<string, unknown>, parties: Parties) => string | null
}

const text = (value: unknown): string | null =>
  typeof value === "string" && value !== "" ? value : null

const names = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.filter((item): item is string => typeof item === "string")
    : []

const listed = (items: string[]): string =>
  items.map((name) => humanize(name).toLowerCase()).join(", ")

/** What a failure's class and code mean; the code stays for whoever looks it up. */
const failure = (
  details: Record<string, unknown>,
  parties: Parties
): string | null => {
  const code = text(details.code)
  const errorClass = text(details.class) ?? (code && "config_error")
  if (!errorClass) {
    return null
  }
  const title = troubleTitle({ class: errorClass, code, message: "" }, parties)
  return code ? `${title} (${code}).` : `${title}.`
}

const replaced = (details: Record<string, unknown>): string | null => {
  const erased = names(details.erased)
  const entered = names(details.credentials).filter(
    (name) => !erased.includes(name)
  )
  const parts = [
    entered.length > 0 && `New: ${listed(entered)}.`,
    erased.length > 0 && `Erased: ${listed(erased)}.`,
  ]
  return parts.filter((part) => typeof part === "string").join(" ") || null
}

/**
 * Why access is used no more, and how it is got back. What exactly was said is
 * shown with the platform as long as it lasts, not kept here.
 */
const invalidated = (
  { code }: Record<string, unknown>,
  parties: Parties
): string | null => {
  if (!text(code)) {
    return null
  }
  const why =
    code === "access_withdrawn"
      ? `The person who connected it has removed the app at ${parties.service}.`
      : `It was reported that ${parties.service} no longer accepts the access, so it is not used any more.`
  return `${why} ${howToReconnect(parties)}`
}

const TOKENS = ["refresh_token", "access_token"]

/**
 * What became of the tokens at the service when a platform was disconnected.
 *
 * @param revocation what the service has confirmed
 * @param service the service, as a person knows it
 * @returns a sentence that ends with what is left to do, if anything
 */
export const revocationText = (
  { revoked, revoked_tokens }: Revocation,
  service: string
): string => {
  if (revoked) {
    return `${service} has withdrawn the access.`
  }
  if (revoked_tokens.length === 0) {
    return `${service} has not confirmed that the access ended: remove the application in your account there, too.`
  }
  const left = TOKENS.filter((name) => !revoked_tokens.includes(name))
  return `${service} confirmed the end of the ${listed(revoked_tokens)}, not of the ${listed(left)}: remove the application in your account there, too.`
}

/** How often a refresh that stands for several happened. */
const repeated = ({ type, count, last_at }: CredentialEvent): string | null =>
  type === "refreshed" && count > 1 && last_at
    ? `Refreshed ${count} times, last at ${formatMoment(last_at)}.`
    : null

const EVENTS: Record<string, Words> = {
  created: { title: "Created", color: "grey" },
  updated: { title: "Credentials changed", color: "blue", note: replaced },
  connected: {
    title: "Connected",
    color: "green",
    note: ({ scopes }) => {
      const granted = names(scopes)
      return granted.length > 0 ? `Granted: ${granted.join(", ")}.` : null
    },
  },
  connection_refused: {
    title: "Connection refused",
    color: "orange",
    note: failure,
  },
  refreshed: {
    title: "Access refreshed",
    color: "green",
    note: ({ token_expires_at }) =>
      text(token_expires_at)
        ? `Lasts until ${formatDateTime(text(token_expires_at))}.`
        : null,
  },
  refresh_failed: {
    title: "Refresh failed",
    color: "orange",
    note: failure,
  },
  reauthorization_required: {
    title: "Access lost",
    color: "red",
    note: failure,
  },
  configuration_alarm: {
    title: "Application's registration refused",
    color: "red",
    note: failure,
  },
  expiry_warning: {
    title: "Access ends soon",
    color: "orange",
    note: ({ reconnect_before }) =>
      text(reconnect_before)
        ? `Reconnect before ${formatDateTime(text(reconnect_before))}.`
        : null,
  },
  invalidated: {
    title: "Marked as invalid",
    color: "red",
    note: invalidated,
  },
  disconnected: {
    title: "Disconnected",
    color: "grey",
    note: ({ revoked, revoked_tokens, reason }, { service }) =>
      typeof revoked === "boolean"
        ? revocationText(
            { revoked, revoked_tokens: names(revoked_tokens) },
            service
          )
        : text(reason),
  },
  deleted: { title: "Deleted", color: "grey" },
  imported: {
    title: "Credentials imported",
    color: "blue",
    note: ({ credentials }) => {
      const imported = names(credentials)
      return imported.length > 0 ? `Imported: ${listed(imported)}.` : null
    },
  },
  rotated: {
    title: "Re-encrypted",
    color: "blue",
    note: ({ key_version }) =>
      typeof key_version === "number" ? `With key ${key_version}.` : null,
  },
  sealed: { title: "Plaintext encrypted", color: "blue" },
}

/**
 * What an entry of the audit trail says to a person.
 *
 * @param event as the API has it; an unknown type is named as it is
 * @param parties whom it is about
 * @returns its words and colour
 */
export const activityOf = (
  event: CredentialEvent,
  parties: Parties
): Activity => {
  const { type, details } = event
  const words: Words | undefined = Object.hasOwn(EVENTS, type)
    ? EVENTS[type]
    : undefined
  const notes = [
    repeated(event),
    words?.note?.(details ?? {}, parties) ?? null,
  ].filter((note) => note !== null)
  return {
    title: words?.title ?? humanize(type),
    note: notes.length > 0 ? notes.join(" ") : null,
    color: words?.color ?? "grey",
  }
}

/**
 * Who did it.
 *
 * @param actorId the admin's id; `null` for what happened by itself
 * @param emails the admins' addresses by id
 * @returns words for a person
 */
export const actorName = (
  actorId: string | null,
  emails: ReadonlyMap<string, string>
): string =>
  actorId === null ? "Automatically" : (emails.get(actorId) ?? "An admin")
