import { jsonReply, type Reply } from "../../http"
import type { SimulatorRequest } from "../simulator"
import { requireProcessed } from "./media"
import {
  type Board,
  nextId,
  Refusal,
  type State,
  type StoredFile,
  type StoredPin,
} from "./state"

const invalid = (what: string) =>
  new Refusal(400, 1, `Invalid request: ${what}`)

/** @throws {Refusal} 404 */
function findBoard({ boards }: State, id: string): Board {
  const board = boards.find((one) => one.id === id)
  if (!board) {
    throw new Refusal(404, 40, "Board not found.")
  }
  return board
}

function findSection(board: Board, id: string): void {
  if (!board.sections.some((one) => one.id === id)) {
    throw new Refusal(404, 2031, "Sorry! We couldn't find this board section.")
  }
}

const pageOf = ({ url }: SimulatorRequest, items: readonly object[]): Reply => {
  const size = Number(url.searchParams.get("page_size") ?? 25)
  if (!(size >= 1 && size <= 250)) {
    throw invalid(`'page_size' value '${size}' is not between 1 and 250`)
  }
  const start = Number(
    Buffer.from(url.searchParams.get("bookmark") ?? "", "base64").toString()
  )
  return jsonReply(200, {
    items: items.slice(start, start + size),
    bookmark:
      start + size < items.length
        ? Buffer.from(String(start + size)).toString("base64")
        : null,
  })
}

/** `GET /v5/boards` */
export function listBoards(state: State, request: SimulatorRequest): Reply {
  return pageOf(
    request,
    state.boards.map(({ sections: _, is_ads_only = false, ...board }) => ({
      ...board,
      is_ads_only,
      pin_count: state.pins.filter(({ board_id }) => board_id === board.id)
        .length,
    }))
  )
}

/** `GET /v5/boards/:id/sections` */
export function listSections(
  state: State,
  request: SimulatorRequest,
  id: string
): Reply {
  return pageOf(request, findBoard(state, id).sections)
}

/** `GET /v5/boards/:id/pins` and `…/sections/:id/pins`: as their owner has sorted them. */
export function listPins(
  state: State,
  request: SimulatorRequest,
  id: string,
  section?: string
): Reply {
  const board = findBoard(state, id)
  if (section) {
    findSection(board, section)
  }
  return pageOf(
    request,
    state.pins
      .filter(
        ({ board_id, board_section_id }) =>
          board_id === id && (!section || board_section_id === section)
      )
      .map((pin) => present(pin))
  )
}

function present(
  { files, cover: _, kind, metrics, ...pin }: StoredPin,
  withMetrics = false
): object {
  return {
    ...pin,
    is_owner: true,
    board_owner: { username: "adasshop" },
    media: {
      media_type: kind,
      ...(kind === "multiple_images" && {
        items: files.map(({ link }) => ({
          item_type: "image",
          ...(link && { link }),
        })),
      }),
    },
    ...(withMetrics && {
      pin_metrics: { "90d": metrics, lifetime_metrics: metrics },
    }),
  }
}

type Encoded = { content_type?: string; data?: string; link?: string }

type Sent = Partial<
  Pick<
    StoredPin,
    "title" | "description" | "alt_text" | "link" | "dominant_color"
  >
> & {
  board_id?: string
  board_section_id?: string
  media_source?: {
    source_type?: string
    media_id?: string
    cover_image_url?: string
    cover_image_key_frame_time?: number
    cover_image_content_type?: string
    cover_image_data?: string
    items?: Encoded[]
  } & Encoded
}

const TEXTS = {
  title: 100,
  description: 800,
  alt_text: 500,
  link: 2048,
} as const

function checkTexts(sent: Sent): void {
  for (const [name, max] of Object.entries(TEXTS)) {
    const text = sent[name as keyof typeof TEXTS] ?? ""
    if ([...text].length > max) {
      throw invalid(`'${name}' is longer than ${max} characters`)
    }
  }
  if (sent.link && !/^https?:\/\//.test(sent.link)) {
    throw new Refusal(
      400,
      1,
      "Whoops! It looks like you entered an invalid URL. Try creating a Pin again with a valid URL."
    )
  }
}

function decode({ content_type = "", data = "", link }: Encoded): StoredFile {
  if (!/^image\/(?:jpeg|png)$/.test(content_type)) {
    throw invalid("'content_type' is not one of: image/jpeg, image/png")
  }
  if (!/^[a-zA-Z0-9+/]+={0,2}$/.test(data) || data.length % 4) {
    throw invalid("'data' is not Base64")
  }
  const file = Buffer.from(data, "base64")
  return { content_type, file, ...(link && { link }) }
}

/** Width and height; null for what is no image. */
async function sizeOf({ file }: StoredFile): Promise<string | null> {
  const { default: sharp } = await import("sharp")
  return sharp(file)
    .metadata()
    .then(
      ({ width, height }) => `${width}x${height}`,
      () => null
    )
}

type Shown = Pick<StoredPin, "kind" | "files" | "cover">

async function readSource(
  state: State,
  { media_source: source = {} }: Sent
): Promise<Shown> {
  switch (source.source_type) {
    case "image_base64":
      return { kind: "image", files: [decode(source)], cover: null }
    case "multiple_image_base64": {
      const files = (source.items ?? []).map(decode)
      if (files.length < 2 || files.length > 5) {
        throw invalid("'items' must have 2 to 5 images")
      }
      const sizes = new Set(await Promise.all(files.map(sizeOf)))
      if (sizes.size > 1) {
        throw invalid("carousel images must have the same dimensions")
      }
      return { kind: "multiple_images", files, cover: null }
    }
    case "video_id":
      return readVideo(state, source)
    default:
      throw invalid(`'source_type' value '${source.source_type}' is not known`)
  }
}

function readVideo(
  state: State,
  source: NonNullable<Sent["media_source"]>
): Shown {
  const { file, content_type } = requireProcessed(state, source.media_id ?? "")
  const cover = source.cover_image_data
    ? decode({
        content_type: source.cover_image_content_type,
        data: source.cover_image_data,
      })
    : (source.cover_image_key_frame_time ?? null)
  if (cover === null) {
    throw invalid(
      "one of cover_image_url, cover_image_key_frame_time or cover_image_content_type with cover_image_data is required"
    )
  }
  return {
    kind: "video",
    files: [{ content_type, file: file ?? Buffer.alloc(0) }],
    cover,
  }
}

/** `POST /v5/pins` */
export async function createPin(
  state: State,
  { body }: SimulatorRequest
): Promise<Reply> {
  if (state.access === "trial") {
    throw new Refusal(
      403,
      29,
      "Apps with Trial access may not create Pins in production https://api.pinterest.com - use API Sandbox https://api-sandbox.pinterest.com instead."
    )
  }
  const sent = JSON.parse(body.toString() || "{}") as Sent
  const board = findBoard(state, sent.board_id ?? "")
  if (sent.board_section_id) {
    findSection(board, sent.board_section_id)
  }
  checkTexts(sent)
  const pin: StoredPin = {
    id: nextId(state),
    // In UTC, without saying so.
    created_at: new Date().toISOString().slice(0, 19),
    board_id: board.id,
    board_section_id: sent.board_section_id ?? null,
    title: sent.title ?? null,
    description: sent.description ?? null,
    alt_text: sent.alt_text ?? null,
    link: sent.link ?? null,
    dominant_color: sent.dominant_color ?? "#6e7874",
    ...(await readSource(state, sent)),
    metrics: { impression: 0, pin_click: 0, clickthrough: 0 },
  }
  state.pins.push(pin)
  return jsonReply(201, present(pin))
}

/** @throws {Refusal} 404 */
function findPin({ pins }: State, id: string): StoredPin {
  const pin = pins.find((one) => one.id === id)
  if (!pin) {
    throw new Refusal(404, 50, "Pin not found.")
  }
  return pin
}

/** `GET /v5/pins/:id` */
export function showPin(
  state: State,
  { url }: SimulatorRequest,
  id: string
): Reply {
  return jsonReply(
    200,
    present(findPin(state, id), url.searchParams.get("pin_metrics") === "true")
  )
}

/** `DELETE /v5/pins/:id` */
export function deletePin(state: State, id: string): Reply {
  const pin = findPin(state, id)
  state.pins = state.pins.filter((one) => one !== pin)
  return { status: 204, headers: {}, body: "" }
}
