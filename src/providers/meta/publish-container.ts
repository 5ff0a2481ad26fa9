import { isServiceError, ServiceError } from "../../errors/service-error"
import type { Progress, PublishJob, RemoteRef } from "../publication"
import {
  type ContainerPlan,
  prepareContainer,
  type Workshop,
} from "./containers"
import { knownIds, type PublishedMedia, type Sought } from "./find-published"
import { type Graph, malformed, publishCall } from "./graph"

/** What is to become public by one call. */
export interface ContainerPost {
  plan: ContainerPlan
  text: string
  /** Looks for it among what the account has published. */
  find: (sought: Sought) => Promise<RemoteRef | undefined>
}

/**
 * Makes a part's containers, publishes them, and notes where that is. What an
 * earlier attempt has published without noting it is found and not repeated.
 *
 * @param part - index of the part
 * @returns null when the part is out
 * @throws {ServiceError} what the service said
 */
export const publishByContainer = async (
  workshop: Workshop,
  part: number,
  { plan, text, find }: ContainerPost
): Promise<Progress | null> => {
  const ready = await prepareContainer(workshop, part, plan)
  if ("state" in ready) {
    return ready
  }
  if (!ready.is_published) {
    await publishContainer(workshop, part, ready.id, { text })
    return null
  }
  const others = knownIds(workshop.job.parts)
  const ref = await find({ text, since: ready.at, others })
  if (!ref) {
    throw new ServiceError(
      "duplicate",
      `This is out at ${workshop.api.service} already, and its address is not known. Look there, and say in the post that it is out.`,
      { code: "published_before" }
    )
  }
  await workshop.job.done(part, ref)
  return null
}

/** @param evidence - what `recover` needs besides the container */
const publishContainer = async (
  { api, graph, account, job }: Workshop,
  part: number,
  container: string,
  evidence: Readonly<Record<string, string>>
): Promise<void> => {
  await job.arm(part, { ...evidence, container })
  const { id } = await publishCall(() =>
    graph.post<{ id?: string }>(`/${account}/${api.edges.publish}`, {
      creation_id: container,
    })
  )
  if (!id) {
    throw malformed(api.service, "the id of the post")
  }
  await job.done(part, { external_id: id, url: null })
  await tellAddress(graph, job, part, id)
}

/**
 * Adds the address to a part that is out, where the service tells it: that it is
 * missing takes nothing back.
 */
export const tellAddress = async (
  graph: Graph,
  job: Pick<PublishJob, "done">,
  part: number,
  id: string
): Promise<void> => {
  const { permalink } = await graph
    .get<PublishedMedia>(`/${id}`, { fields: "permalink" })
    .catch((error: unknown): PublishedMedia => {
      if (isServiceError(error)) {
        return {}
      }
      throw error
    })
  if (permalink) {
    await job.done(part, { external_id: id, url: permalink })
  }
}
