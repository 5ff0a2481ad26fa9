import { createHash } from "node:crypto"
import { ServiceError } from "../../errors/service-error"
import type { Media, Progress, PublishJob } from "../publication"
import { type GraphFields, type Graph, malformed } from "./graph"

/*
 * Instagram and Threads publish in two steps: a container is made of what they
 * fetch from the store, and one call makes it public. A container becomes
 * public once, whatever happens to that call, and tells whether it has.
 */

export type ContainerState =
  "in_progress" | "finished" | "published" | "error" | "expired"

const STATES: Readonly<Record<string, ContainerState>> = {
  IN_PROGRESS: "in_progress",
  FINISHED: "finished",
  PUBLISHED: "published",
  ERROR: "error",
  EXPIRED: "expired",
}

/** A state in a service's own word; one that is not known says nothing yet. */
const stateOf = (word: unknown): ContainerState =>
  STATES[String(word)] ?? "in_progress"

/** In what the services differ. */
export interface ContainerApi {
  service: string
  /** Below the account: where containers are made, and where one is published. */
  edges: { make: string; publish: string }
  /** Fields of a container: its state, and why it is in that. */
  status_fields: { state: string; why: string }
  /** How long a file may be processed, in ms. */
  patience_ms: number
}

/** One container to be made. */
export interface ContainerDraft {
  /** What it is made of: another one of these is another container. */
  fields: GraphFields
  /** The files that the service fetches, by the field that takes the address. */
  files: Readonly<Record<string, Media>>
  /** How long the service works on it. */
  pace: "at_once" | "image" | "video"
  /** As a person knows it: "scarf.jpg". */
  label: string
}

/** All that is made before one call publishes it. */
export interface ContainerPlan {
  /** The container itself, or the items of a carousel. */
  items: readonly ContainerDraft[]
  /** The carousel that the items go into. */
  around?: (children: readonly string[]) => ContainerDraft
}

type Container = { id: string; at: number }

/** Containers end after a day; one that is older than this is made anew, in ms. */
const CONTAINER_LIFE_MS = 23 * 60 * 60_000

/** How long the service may take to fetch a file, in s. */
const FETCH_SECONDS = 6 * 60 * 60

/** How often an expired container is made anew. */
const MOST_TIMES_MADE_ANEW = 2

/** After so many ms since it was made, a container is asked about again so much later. */
const PACES: Record<
  ContainerDraft["pace"],
  readonly (readonly [age: number, wait: number])[]
> = {
  at_once: [[0, 2_000]],
  image: [
    [0, 3_000],
    [3_000, 10_000],
    [13_000, 20_000],
    [33_000, 40_000],
    [70_000, 60_000],
  ],
  // Meta's advice is once a minute; long videos take longer than its five minutes.
  video: [
    [0, 30_000],
    [30_000, 60_000],
    [5 * 60_000, 5 * 60_000],
  ],
}

/** When a container is asked about again. */
export const nextLook = (
  pace: ContainerDraft["pace"],
  madeAt: number,
  now: number = Date.now()
): Date => {
  const age = now - madeAt
  const [, wait] =
    PACES[pace].filter(([from]) => age >= from).at(-1) ?? PACES[pace][0]
  return new Date(now + wait)
}

/** Works with one account's containers. */
export interface Workshop {
  api: ContainerApi
  graph: Graph
  account: string
  job: PublishJob
}

/** A container that can be published, or was. */
export interface ReadyContainer {
  id: string
  /** When it was made, in ms since the epoch. */
  at: number
  is_published: boolean
}

/**
 * Makes a part's containers and waits until they can be published. What was
 * made is kept, and looked at anew each time: a container that was prepared
 * ahead may have expired, and one of a lost call may be out.
 *
 * @param part - index of the part
 * @throws {ServiceError} `content_rejected` naming the file that the service
 * could not work with
 */
export const prepareContainer = async (
  workshop: Workshop,
  part: number,
  plan: ContainerPlan
): Promise<ReadyContainer | Progress> => {
  const names = plan.items.map((draft) => nameOf(part, draft))
  const around = `carousel ${part} ${hashOf([names, plan.around?.([]).fields])}`
  const known = plan.around ? freshOf(workshop.job, around) : undefined
  if (plan.around && known) {
    const draft = plan.around([])
    return look(workshop, draft, known, [around, ...names])
  }

  const items: Container[] = []
  for (const [index, draft] of plan.items.entries()) {
    items.push(await make(workshop, names[index], draft))
  }
  if (!plan.around) {
    return look(workshop, plan.items[0], items[0], names)
  }
  for (const [index, draft] of plan.items.entries()) {
    const item = await look(workshop, draft, items[index], names)
    if ("state" in item) {
      return item
    }
  }
  const draft = plan.around(items.map(({ id }) => id))
  const carousel = await make(workshop, around, draft)
  return look(workshop, draft, carousel, [around, ...names])
}

/** Another text, file or tag is another container. */
const nameOf = (part: number, { fields, files }: ContainerDraft): string =>
  `container ${part} ${hashOf([
    fields,
    Object.entries(files).map(([field, { id }]) => [field, id]),
  ])}`

const hashOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("base64url")

const freshOf = (
  job: Pick<PublishJob, "kept">,
  name: string
): Container | undefined => {
  const known = job.kept<Container>(name)
  return known && Date.now() - known.at < CONTAINER_LIFE_MS ? known : undefined
}

const make = async (
  { api, graph, account, job }: Workshop,
  name: string,
  { fields, files }: ContainerDraft
): Promise<Container> => {
  const known = freshOf(job, name)
  if (known) {
    return known
  }
  const addresses: Record<string, string> = {}
  for (const [field, media] of Object.entries(files)) {
    addresses[field] = await media.publicUrl(FETCH_SECONDS)
  }
  const { id } = await graph.post<{ id?: string }>(
    `/${account}/${api.edges.make}`,
    { ...fields, ...addresses }
  )
  if (!id) {
    throw malformed(api.service, "the id of the container")
  }
  const made = { id, at: Date.now() }
  await job.save(name, made)
  return made
}

/**
 * What has become of a container.
 *
 * @throws {ServiceError} what the service said
 */
export const readContainer = async (
  api: ContainerApi,
  graph: Graph,
  id: string
): Promise<{ state: ContainerState; why: string }> => {
  const { state, why } = api.status_fields
  const status = await graph.get<Record<string, unknown>>(`/${id}`, {
    fields: `${state},${why}`,
  })
  return { state: stateOf(status[state]), why: String(status[why] ?? "") }
}

/** @param names - under which what would have to be made anew is kept */
const look = async (
  { api, graph, job }: Workshop,
  { pace, label }: ContainerDraft,
  { id, at }: Container,
  names: readonly string[]
): Promise<ReadyContainer | Progress> => {
  const { state, why } = await readContainer(api, graph, id)
  switch (state) {
    case "finished":
    case "published":
      return { id, at, is_published: state === "published" }
    case "in_progress":
      return {
        state: "wait",
        until: nextLook(pace, at),
        giveUpAt: new Date(at + api.patience_ms),
        why: `${api.service} processes ${label}`,
      }
    case "error":
      await forgetAll(job, names)
      throw new ServiceError(
        "content_rejected",
        `${api.service} could not work with ${label}${why ? `: ${why.replace(/[.\s]*$/, "")}` : ""}. Replace it, and publish again.`,
        { code: codeIn(why) }
      )
    case "expired":
      return makeAnew(api, job, names)
  }
}

/** Instagram puts its subcode into its words, Threads gives a word. */
const codeIn = (why: string): string =>
  /\b(?:2207\d{3}|[A-Z]{3,}(?:_[A-Z]+)+)\b/.exec(why)?.[0] ?? "processing_error"

const makeAnew = async (
  { service }: ContainerApi,
  job: PublishJob,
  names: readonly string[]
): Promise<Progress> => {
  const counter = `made anew ${names[0]}`
  const before = job.kept<number>(counter) ?? 0
  if (before >= MOST_TIMES_MADE_ANEW) {
    throw new ServiceError(
      "transient",
      `${service} let what was prepared expire again and again.`,
      { code: "container_expired" }
    )
  }
  await forgetAll(job, names)
  await job.save(counter, before + 1)
  return {
    state: "wait",
    until: new Date(),
    why: `What was prepared for ${service} had expired, and is made anew`,
  }
}

const forgetAll = async (
  job: PublishJob,
  names: readonly string[]
): Promise<void> => {
  for (const name of names) {
    await job.forget(name)
  }
}
