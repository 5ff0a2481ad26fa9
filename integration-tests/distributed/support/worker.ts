import { boot, migrate } from "./application"
import type { Order, Report, Task, TaskContext } from "./protocol"

/*
 * node --import tsx worker.ts <file of tasks>
 *
 * A process of a distributed test. It loads the modules, says that it is ready,
 * and runs the tasks that its controller asks for.
 */

const report = (message: Report): void => void process.send?.(message)

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)

const main = async (): Promise<void> => {
  const tasks: Record<string, Task> = await import(process.argv[2])
  if (process.env.WORKER_MIGRATES) {
    await migrate(process.env)
  }
  const { container, close } = await boot(process.env)
  const ending = new AbortController()
  const context: TaskContext = {
    container,
    signal: ending.signal,
    emit: (event) => report({ kind: "event", event }),
  }
  const running = new Set<Promise<void>>()

  const run = async ({ id, task, input }: Order & { kind: "run" }) => {
    try {
      const output = await tasks[task](context, input as never)
      report({ kind: "done", id, output })
    } catch (error) {
      report({ kind: "failed", id, message: messageOf(error) })
    }
  }
  process.on("message", (order: Order) => {
    if (order.kind === "run") {
      const task = run(order).finally(() => running.delete(task))
      running.add(task)
      return
    }
    ending.abort()
    void Promise.all(running)
      .then(close)
      .then(() => process.exit(0), fail)
  })
  report({ kind: "ready" })
}

const fail = (error: unknown): void => {
  console.error(error)
  process.exit(1)
}

// The controller is gone: nobody else would end this process.
process.on("disconnect", () => process.exit(1))
main().catch(fail)
