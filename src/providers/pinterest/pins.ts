import { isServiceError } from "../../errors/service-error"
import { stateOf } from "../post-state"
import { metricsOf } from "../metrics"
import type { Metric, PostState, RemoteRef } from "../publication"
import type { ProviderContext } from "../types"
import { pagesOf } from "./boards"
import { malformedResponse, pinAddress } from "./description"

/** A pin, as far as it is read. */
export interface Pin {
  id: string
  title?: string | null
  description?: string | null
  link?: string | null
  /** Of a carousel: its images. */
  media?: { items?: { link?: string | null }[] } | null
  /** In UTC, mostly without saying so. */
  created_at?: string
  pin_metrics?: {
    lifetime_metrics?: Readonly<Record<string, number | undefined>>
  } | null
}

/** Where a pin is put. */
export interface Place {
  board: string
  section: string | null
}

export const pinPath = (id: string): string => `/pins/${encodeURIComponent(id)}`

/** @throws {ServiceError} for a response that names no pin */
export const refOf = (
  { settings }: Pick<ProviderContext, "settings">,
  { id }: Partial<Pin>
): RemoteRef => {
  if (!id) {
    throw malformedResponse("the id of the pin")
  }
  return { external_id: id, url: pinAddress(settings, id) }
}

/** In ms since the epoch; null where Pinterest does not say it. */
export const createdAt = ({ created_at = "" }: Pin): number | null => {
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(created_at)
  const at = Date.parse(hasZone ? created_at : `${created_at}Z`)
  return Number.isNaN(at) ? null : at
}

/** Pins of boards that are larger than this many pages are not all looked at. */
const MAX_PAGES = 20

const listsOf = ({ board, section }: Place): string[] => {
  const path = `/boards/${encodeURIComponent(board)}`
  return [
    ...(section
      ? [`${path}/sections/${encodeURIComponent(section)}/pins`]
      : []),
    `${path}/pins`,
  ]
}

/**
 * Looks for pins where they were put. People sort their boards, so that all of
 * a board is looked at.
 *
 * @param isOne - of those that are looked for
 * @returns the first one, and whether all pins were looked at
 */
export const findPin = async (
  context: ProviderContext,
  place: Place,
  isOne: (pin: Pin) => boolean
): Promise<{ pin?: Pin; isWhole: boolean }> => {
  let isWhole = true
  for (const path of listsOf(place)) {
    let isRead = false
    const pages = pagesOf<Pin>(context, path, "a list of pins", MAX_PAGES)
    for await (const { items, isLast } of pages) {
      const pin = items.find(isOne)
      if (pin) {
        return { pin, isWhole: true }
      }
      isRead = isLast
    }
    isWhole &&= isRead
  }
  return { isWhole }
}

/** Deletes a pin; one that is gone is gone. */
export const remove = async (
  { request }: ProviderContext,
  _account: unknown,
  { external_id }: RemoteRef
): Promise<void> => {
  await request(pinPath(external_id), { method: "DELETE" }).catch(
    (error: unknown) => {
      if (!isServiceError(error) || error.status !== 404) {
        throw error
      }
    }
  )
}

export const fetchPostState = (
  context: ProviderContext,
  _account: unknown,
  { external_id }: RemoteRef
): Promise<PostState> =>
  stateOf(
    context
      .request<Partial<Pin>>(pinPath(external_id))
      .then((pin) => refOf(context, pin).url)
  )

/** What Pinterest counts of a pin, and what the dashboard calls it. */
const FIGURES = {
  impression: "impressions",
  pin_click: "clicks",
  clickthrough: "outbound_clicks",
  save: "saves",
  reaction: "reactions",
  comment: "comments",
} as const

/** Figures of a pin since it was made. */
export const fetchPostMetrics = async (
  { request }: ProviderContext,
  _account: unknown,
  { external_id }: RemoteRef
): Promise<Metric[]> => {
  const { pin_metrics } = await request<Partial<Pin>>(pinPath(external_id), {
    query: { pin_metrics: true },
  })
  return figuresOf(pin_metrics?.lifetime_metrics, FIGURES)
}

/** Figures under Pinterest's names, by those that the dashboard has for them. */
export const figuresOf = (
  values: Readonly<Record<string, unknown>> = {},
  names: Readonly<Record<string, string>>
): Metric[] =>
  metricsOf(
    Object.fromEntries(
      Object.entries(names).map(([name, shown]) => [shown, values[name]])
    )
  )
