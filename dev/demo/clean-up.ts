type Task = () => Promise<void> | void

/** What to stop and remove at the end, whichever way the end comes. */
export type CleanUp = {
  /**
   * Remembers a task.
   *
   * @throws Error when the end is under way: nothing may be started any more
   */
  add(task: Task): void
  /**
   * Runs the tasks, the last one first, and all of them even if one fails. Who
   * calls it again meanwhile waits for the same end.
   */
  run(): Promise<void>
}

/** @returns an empty list of tasks */
export function createCleanUp(): CleanUp {
  const tasks: Task[] = []
  let running: Promise<void> | undefined

  const runAll = async () => {
    const failures: unknown[] = []
    for (let task = tasks.pop(); task; task = tasks.pop()) {
      try {
        await task()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) {
      throw failures[0]
    }
  }

  return {
    add(task) {
      tasks.push(task)
      if (running) {
        throw new Error("Stopping")
      }
    },
    run: () => (running ??= runAll()),
  }
}
