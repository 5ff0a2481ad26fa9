import { format, inspect } from "node:util"
import type {
  IEventBusModuleService,
  MedusaContainer,
} from "@medusajs/framework/types"
import { LocalWorkflow } from "@medusajs/framework/orchestration"
import { ContainerRegistrationKeys, Modules } from "@medusajs/framework/utils"
import type { Admin } from "./application"
import { tracesOf } from "./leaks"

export interface Watch {
  /** What the application printed, line by line. */
  log: string[]
  /** What went over the event bus. */
  events: string[]
  /** Inputs, outputs, compensation data and errors of every workflow that ran. */
  workflows: string[]
  /** Status, headers and body of every answer to an admin. */
  responses: string[]
  /** An admin whose answers are watched. */
  admin: Admin
  stop: () => void
}

/** Everything that a logger of Medusa's holds, as far as a watcher needs it. */
type WinstonLogger = {
  level: string
  on: (event: "data", listener: (entry: object) => void) => void
  off: (event: "data", listener: (entry: object) => void) => void
}

const CONSOLE_METHODS = ["log", "info", "warn", "error", "debug"] as const

const asText = (value: unknown): string => {
  const seen = new WeakSet<object>()
  return (
    JSON.stringify(value, (_key, member) => {
      if (typeof member !== "object" || member === null) {
        return member
      }
      if (seen.has(member)) {
        return "[seen]"
      }
      seen.add(member)
      // The members of an error are not enumerable.
      return member instanceof Error
        ? { ...member, message: member.message, stack: member.stack }
        : member
    }) ?? ""
  )
}

/** Puts the logger on its most talkative level, and listens to what it prints. */
const watchLog = (container: MedusaContainer, log: string[]): (() => void) => {
  const logger = container.resolve(
    ContainerRegistrationKeys.LOGGER
  ) as unknown as { loggerInstance_: WinstonLogger }
  const winston = logger.loggerInstance_
  const listener = (entry: object) => {
    log.push(inspect(entry, { depth: null }))
  }
  const { level } = winston
  winston.level = "silly"
  winston.on("data", listener)

  const spies = CONSOLE_METHODS.map((method) =>
    jest.spyOn(console, method).mockImplementation((...args: unknown[]) => {
      log.push(format(...args))
    })
  )
  return () => {
    winston.off("data", listener)
    winston.level = level
    spies.forEach((spy) => spy.mockRestore())
  }
}

const watchEvents = (
  container: MedusaContainer,
  events: string[]
): (() => void) => {
  const bus: IEventBusModuleService = container.resolve(Modules.EVENT_BUS)
  const listener = async (message: unknown) => {
    events.push(asText(message))
  }
  bus.addInterceptor!(listener)
  return () => {
    bus.removeInterceptor!(listener)
  }
}

/** Looks at what Medusa would store of a workflow that has a retention time. */
const watchWorkflows = (workflows: string[]): (() => void) => {
  const original = LocalWorkflow.prototype.run
  const spy = jest
    .spyOn(LocalWorkflow.prototype, "run")
    .mockImplementation(async function (this: LocalWorkflow, ...args) {
      const transaction = await original.apply(this, args)
      workflows.push(
        asText([
          transaction.modelId,
          transaction.payload,
          transaction.getContext(),
          transaction.getErrors(),
        ])
      )
      return transaction
    })
  return () => spy.mockRestore()
}

/** Watches everything that leaves the application while a test runs. */
export const startWatch = (container: MedusaContainer, admin: Admin): Watch => {
  const log: string[] = []
  const events: string[] = []
  const workflows: string[] = []
  const responses: string[] = []
  const stops = [
    watchLog(container, log),
    watchEvents(container, events),
    watchWorkflows(workflows),
  ]
  const keep = async (request: ReturnType<Admin["get"]>) => {
    const response = await request
    const { status, headers, data } = response
    responses.push(asText({ status, headers, data }))
    return response
  }

  return {
    log,
    events,
    workflows,
    responses,
    admin: {
      id: admin.id,
      get: (path) => keep(admin.get(path)),
      post: (path, body) => keep(admin.post(path, body)),
      delete: (path) => keep(admin.delete(path)),
    },
    stop: () => stops.forEach((stop) => stop()),
  }
}

/**
 * Searches texts for secrets: as they are, in an address, in base64 and in hex.
 *
 * @returns the texts that hold one
 */
export const leaksOf = (
  secrets: readonly string[],
  texts: Iterable<string>
): string[] => {
  const needles = secrets.flatMap(tracesOf).map(String)
  return [...texts].filter((text) =>
    needles.some((needle) => text.includes(needle))
  )
}
