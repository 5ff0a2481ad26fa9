import { type ChildProcess, fork } from "node:child_process"
import path from "node:path"
import type { Order, Report, TaskInput, TaskOutput, Tasks } from "./protocol"

/** How much of a worker's output is kept, in characters. */
const KEPT_OUTPUT = 20_000

export interface WorkerOptions {
  /** Unique in a test; the token server sees it in the address that is asked. */
  name: string
  /** Absolute path of the file with its tasks. */
  tasks: string
  /** Added to the test's environment. */
  env: Record<string, string>
  /** Told what the tasks emit, in order. */
  onEvent?: (event: object) => void
}

/** A process of a distributed test, seen from its controller. */
export interface WorkerProcess<T extends Tasks> {
  readonly name: string
  readonly pid: number
  /** Rejects when the worker ends before it is ready. */
  readonly ready: Promise<void>
  /** Settles when the process is gone, whatever ended it. */
  readonly gone: Promise<void>
  /** Runs a task. Rejects when it fails, or when the process ends before it does. */
  run: <Name extends keyof T & string>(
    task: Name,
    input: TaskInput<T[Name]>
  ) => Promise<TaskOutput<T[Name]>>
  /** Lets running tasks come to their end, then the process. */
  finish: () => Promise<void>
  /** SIGKILL: nothing in the process gets another chance. */
  kill: () => Promise<void>
  /** What it wrote last. */
  output: () => string
}

/** Starts a worker; see {@link WorkerProcess.ready}. */
export const startWorker = <T extends Tasks>({
  name,
  tasks,
  env,
  onEvent = () => undefined,
}: WorkerOptions): WorkerProcess<T> => {
  const child = fork(path.join(__dirname, "worker.ts"), [tasks], {
    execArgv: ["--import", "tsx"],
    env: { ...process.env, NODE_OPTIONS: "", ...env, WORKER_NAME: name },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  })
  const output = keepOutput(child)
  const pending = new Map<number, PendingRun>()
  let runs = 0
  const send = (order: Order) => child.send(order, () => undefined)

  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve())
    child.once("error", () => resolve())
  })
  const ready = new Promise<void>((resolve, reject) => {
    child.on("message", (report: Report) => {
      if (report.kind === "ready") {
        return resolve()
      }
      if (report.kind === "event") {
        return onEvent(report.event)
      }
      const run = pending.get(report.id)
      pending.delete(report.id)
      return report.kind === "done"
        ? run?.resolve(report.output)
        : run?.reject(new Error(`${name} failed: ${report.message}`))
    })
    void gone.then(() => {
      const error = new Error(`${name} has ended. It wrote last:\n${output()}`)
      reject(error)
      pending.forEach((run) => run.reject(error))
      pending.clear()
    })
  })
  // Whoever waits for it hears of a failure; a killed worker is none.
  ready.catch(() => undefined)

  return {
    name,
    pid: child.pid!,
    ready,
    gone,
    run: <Output>(task: string, input: unknown) =>
      new Promise<Output>((resolve, reject) => {
        const id = runs++
        pending.set(id, { resolve: resolve as PendingRun["resolve"], reject })
        send({ kind: "run", id, task, input })
      }),
    finish: () => {
      send({ kind: "finish" })
      return gone
    },
    kill: () => {
      child.kill("SIGKILL")
      return gone
    },
    output,
  }
}

interface PendingRun {
  resolve: (output: unknown) => void
  reject: (error: Error) => void
}

const keepOutput = (child: ChildProcess): (() => string) => {
  let text = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-KEPT_OUTPUT)
    })
  }
  return () => text
}
