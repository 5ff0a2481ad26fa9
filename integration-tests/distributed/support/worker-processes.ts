import os from "node:os"
import { setTimeout as sleep } from "node:timers/promises"
import type { Tasks } from "./protocol"
import type { Random } from "./random"
import type { WorkerProcess } from "./worker-process"

/** A part that some process always plays: a killed one is replaced. */
export interface Role<T extends Tasks> {
  name: string
  /** Its endless task; resolves when the worker is asked to finish. */
  play: (worker: WorkerProcess<T>) => Promise<unknown>
}

export interface CrewOptions<T extends Tasks> {
  roles: Role<T>[]
  start: (
    workerName: string,
    onEvent: (event: object) => void
  ) => WorkerProcess<T>
  onEvent: (event: object) => void
  /** Told once a killed process is gone. */
  onKilled: (workerName: string) => void
}

export interface Crew {
  /**
   * Kills one process after another at random moments; another one takes over.
   *
   * @param random - chooses who and when
   * @param limits - how many kills and for how long, in ms, at least; longest
   * pause between two, in ms
   * @throws Error when a process ended that nobody had killed
   */
  killAtRandom: (
    random: Random,
    limits: { kills: number; forMs: number; pauseMs: number }
  ) => Promise<void>
  /** Kills by role. */
  kills: () => Record<string, number>
  /** Lets those at work come to their end. */
  finish: () => Promise<void>
  /** Kills whoever is left, for good. */
  dismiss: () => Promise<void>
}

interface Actor<T extends Tasks> {
  role: Role<T>
  worker: WorkerProcess<T>
  /** It has done something: killing it now hits work. */
  hasWorked: boolean
  kills: number
}

interface Hired<T extends Tasks> {
  worker: WorkerProcess<T>
  actor?: Actor<T>
}

/**
 * Processes that are ready to take over. Loading Medusa takes seconds of CPU
 * time; without them most roles would be vacant most of the time.
 */
const SPARES = 2

/** How long nobody may do anything before the drill is given up, in ms. */
const PATIENCE_MS = 60_000

/** How often the crew is looked at while it has not begun to work, in ms. */
const GLANCE_MS = 5

/** Starts processes that play the roles until they are stopped. */
export const startCrew = async <T extends Tasks>({
  roles,
  start,
  onEvent,
  onKilled,
}: CrewOptions<T>): Promise<Crew> => {
  let hires = 0
  let failure: Error | undefined

  const hire = (): Hired<T> => {
    const hired = {} as Hired<T>
    hires += 1
    hired.worker = start(`worker-${hires}`, (event) => {
      if (hired.actor) {
        hired.actor.hasWorked = true
      }
      onEvent(event)
    })
    return hired
  }
  const spares = Array.from({ length: roles.length + SPARES }, hire)

  const cast = async (role: Role<T>, kills: number): Promise<Actor<T>> => {
    const hired = spares.shift()!
    await hired.worker.ready
    const actor = { role, worker: hired.worker, hasWorked: false, kills }
    hired.actor = actor
    // Whoever is still loading goes first, or a small machine never has a spare.
    os.setPriority(
      actor.worker.pid,
      os.constants.priority.PRIORITY_BELOW_NORMAL
    )
    role.play(actor.worker).catch((error: Error) => {
      if (actors.includes(actor)) {
        failure = error
      }
    })
    return actor
  }
  const actors: Actor<T>[] = []
  for (const role of roles) {
    actors.push(await cast(role, 0))
  }

  const replace = async (actor: Actor<T>) => {
    const { role, worker, kills } = actor
    const place = actors.indexOf(actor)
    // From here on its end is no failure.
    actors.splice(place, 1)
    await worker.kill()
    onKilled(worker.name)
    spares.push(hire())
    actors.splice(place, 0, await cast(role, kills + 1))
  }

  const chooseVictim = async (random: Random): Promise<Actor<T>> => {
    const deadline = Date.now() + PATIENCE_MS
    while (!actors.every(({ hasWorked }) => hasWorked)) {
      if (failure || Date.now() > deadline) {
        throw failure ?? new Error("A worker has done nothing in a minute.")
      }
      await sleep(GLANCE_MS)
    }
    // Chance alone would now and then spare one through a short drill.
    const spared = actors.filter(({ kills }) => kills === 0)
    return random.pick(spared.length > 0 ? spared : actors)
  }

  return {
    killAtRandom: async (random, { kills, forMs, pauseMs }) => {
      const end = Date.now() + forMs
      for (let done = 0; done < kills || Date.now() < end; done++) {
        await sleep(random.between(0, pauseMs))
        await replace(await chooseVictim(random))
      }
    },
    kills: () =>
      Object.fromEntries(actors.map(({ role, kills }) => [role.name, kills])),
    finish: async () => {
      await Promise.all(actors.map(({ worker }) => worker.finish()))
      if (failure) {
        throw failure
      }
    },
    dismiss: async () => {
      await Promise.all(
        [...actors, ...spares].map(({ worker }) => worker.kill())
      )
    },
  }
}
