import type { LookupOption } from "../publication"
import type { ProviderContext } from "../types"
import { malformedResponse } from "./description"

/** A page of a list (`/docs/reference/pagination/`). */
interface Page<T> {
  items?: T[]
  /** Leads to the next page; null or absent on the last one. */
  bookmark?: string | null
}

interface Board {
  id: string
  name: string
  privacy?: string
  pin_count?: number
  /** Takes ads alone. */
  is_ads_only?: boolean
}

interface Section {
  id: string
  name: string
}

/** The most that Pinterest lists at once. */
const PAGE_SIZE = 250

/**
 * All items of a list, page by page.
 *
 * @param what - is listed, for the message
 * @param maxPages - more are not asked for
 * @throws {ServiceError} for a response that is no list
 */
export const pagesOf = async function* <T>(
  { request }: ProviderContext,
  path: string,
  what: string,
  maxPages: number
): AsyncGenerator<{ items: T[]; isLast: boolean }> {
  let bookmark: string | undefined
  for (let page = 0; page < maxPages; page++) {
    const list: Page<T> = await request<Page<T>>(path, {
      query: { page_size: PAGE_SIZE, bookmark },
    })
    if (!Array.isArray(list.items)) {
      throw malformedResponse(what)
    }
    bookmark = list.bookmark || undefined
    yield { items: list.items, isLast: !bookmark }
    if (!bookmark) {
      return
    }
  }
}

/** More boards or sections than these are more than a merchant looks through. */
const MAX_PAGES = 8

const allOf = async <T>(
  context: ProviderContext,
  path: string,
  what: string
): Promise<T[]> => {
  const all: T[] = []
  for await (const { items } of pagesOf<T>(context, path, what, MAX_PAGES)) {
    all.push(...items)
  }
  return all
}

const wordsOf = (query: string): string[] =>
  query.toLowerCase().split(/\s+/).filter(Boolean)

const hasAll = (text: string, words: readonly string[]): boolean =>
  words.every((word) => text.toLowerCase().includes(word))

const hintOf = ({ privacy, pin_count }: Board): string =>
  [
    ...(privacy && privacy !== "PUBLIC" ? [privacy.toLowerCase()] : []),
    pin_count === 1 ? "1 pin" : `${pin_count ?? 0} pins`,
  ].join(", ")

/** The account's boards, and those that others share with it. */
export const listBoards = async (
  context: ProviderContext,
  query: string
): Promise<LookupOption[]> => {
  const words = wordsOf(query)
  const boards = await allOf<Board>(context, "/boards", "a list of boards")
  return boards
    .filter(({ name, is_ads_only }) => !is_ads_only && hasAll(name, words))
    .map((board) => ({
      value: board.id,
      label: board.name,
      hint: hintOf(board),
    }))
}

/**
 * The sections of a board, as `<board>/<section>`: one board's says nothing of
 * another.
 *
 * @param board - that is chosen; without one there are none to choose from
 */
export const listSections = async (
  context: ProviderContext,
  query: string,
  board: unknown
): Promise<LookupOption[]> => {
  if (typeof board !== "string" || !board) {
    return []
  }
  const words = wordsOf(query)
  const sections = await allOf<Section>(
    context,
    `/boards/${encodeURIComponent(board)}/sections`,
    "a list of sections"
  )
  return sections
    .filter(({ name }) => hasAll(name, words))
    .map(({ id, name }) => ({ value: `${board}/${id}`, label: name }))
}
