import type { LostCall, Recovery } from "../publication"
import type { ProviderContext } from "../types"
import { leadsFrom } from "./link"
import { createdAt, findPin, type Pin, refOf } from "./pins"

/** What tells the pin from all others. */
export type Evidence = {
  board: string
  section: string | null
  title: string
  description: string
  /** Stands in the pin's link; null where it has none. */
  key: string | null
  /** Without a link: pins that said the same before. */
  before: string[]
}

/** Clocks differ, in ms. */
const CLOCK_SKEW_MS = 5 * 60_000

/** A pin is in the list at once, or soon after: how often and how long it is looked for, in ms. */
const LOOK_AGAIN_MS = 20_000
const LOOK_FOR_MS = 2 * 60_000

/** Whether a pin says this, whatever Pinterest makes of spaces. */
export const isSamePin = (
  pin: Pin,
  said: { title: string; description: string }
): boolean =>
  essenceOf(pin.title) === essenceOf(said.title) &&
  essenceOf(pin.description) === essenceOf(said.description)

const essenceOf = (text: string | null | undefined): string =>
  (text ?? "").normalize("NFC").replace(/\s+/g, " ").trim()

/** Of a carousel, its images lead there too. */
const linksOf = ({ link, media }: Pin): (string | null | undefined)[] => [
  link,
  ...(media?.items ?? []).map((item) => item.link),
]

/**
 * Looks for an armed pin on its board: by its link, which no other pin has, or
 * else by what it says.
 */
export const recover = async (
  context: ProviderContext,
  { armed_at, evidence }: LostCall
): Promise<Recovery> => {
  const sent = evidence as Partial<Evidence>
  const { board, section = null, key, before = [] } = sent
  if (!board) {
    return { outcome: "unknown" }
  }
  const said = { title: sent.title ?? "", description: sent.description ?? "" }
  const isOurs = (pin: Pin): boolean =>
    key
      ? linksOf(pin).some((link) => leadsFrom(link, key))
      : !before.includes(pin.id) &&
        isSamePin(pin, said) &&
        (createdAt(pin) ?? Infinity) > armed_at.getTime() - CLOCK_SKEW_MS
  const { pin, isWhole } = await findPin(context, { board, section }, isOurs)
  if (pin) {
    return { outcome: "published", ref: refOf(context, pin) }
  }
  if (Date.now() - armed_at.getTime() < LOOK_FOR_MS) {
    return { outcome: "ask_again", at: new Date(Date.now() + LOOK_AGAIN_MS) }
  }
  return isWhole
    ? { outcome: "not_published", because: "listing" }
    : { outcome: "unknown" }
}
