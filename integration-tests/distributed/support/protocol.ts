import type { MedusaContainer } from "@medusajs/framework/types"

/*
 * What the controller of a distributed test and its workers say to each other,
 * over the channel that Node opens between a process and its child.
 */

/** What a task in a worker works with. */
export interface TaskContext {
  container: MedusaContainer
  /** Aborted when the controller asks the worker to come to an end. */
  signal: AbortSignal
  /** Tells the controller at once: what a task returns is lost when it is killed. */
  emit: (event: object) => void
}

/** Something that a worker does. Input and output are plain data. */
export type Task = (context: TaskContext, input: never) => Promise<unknown>

/** A file of tasks: each of its exports is one, under its name. */
export type Tasks = Record<string, Task>

export type TaskInput<T extends Task> = Parameters<T>[1]
export type TaskOutput<T extends Task> = Awaited<ReturnType<T>>

/** From the controller. */
export type Order =
  { kind: "run"; id: number; task: string; input: unknown } | { kind: "finish" }

/** From a worker. */
export type Report =
  | { kind: "ready" }
  | { kind: "event"; event: object }
  | { kind: "done"; id: number; output: unknown }
  | { kind: "failed"; id: number; message: string }
