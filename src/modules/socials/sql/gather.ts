import { setImmediate } from "node:timers/promises"

import { MedusaError } from "@medusajs/framework/utils"

/** Of what one statement takes at most: longer ones make others wait. */
const MOST = 250

interface Waiting<Call, Result> {
  call: Call
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/** What a statement is called with for several at once. */
export type Calls<Statement extends (...args: never[]) => unknown> =
  Parameters<Statement>[1]

/**
 * Makes one operation of many that are asked for at the same time, which is in
 * the same turn of the event loop; what comes while one is under way goes into
 * the next. Where an operation over several fails, each of them is tried alone,
 * so that only those fail that are to blame.
 *
 * @param run - does what is asked for, and returns a result for each in the same order
 * @returns what asks for one of them
 */
export const gather = <Call extends unknown[], Result>(
  run: (calls: Call[]) => Promise<Result[]>
): ((...call: Call) => Promise<Result>) => {
  const queue: Waiting<Call, Result>[] = []
  let isRunning = false

  const runAll = async (batch: Waiting<Call, Result>[]): Promise<void> => {
    try {
      const results = await run(batch.map(({ call }) => call))
      batch.forEach(({ resolve }, index) => resolve(results[index]))
    } catch (error) {
      if (batch.length === 1) {
        batch[0].reject(error)
        return
      }
      for (const one of batch) {
        await runAll([one])
      }
    }
  }

  const drain = async (): Promise<void> => {
    isRunning = true
    await setImmediate()
    while (queue.length) {
      await runAll(queue.splice(0, MOST))
    }
    isRunning = false
  }

  return (...call) =>
    new Promise((resolve, reject) => {
      queue.push({ call, resolve, reject })
      if (!isRunning) {
        void drain()
      }
    })
}

/**
 * Reads rows by id, those that are asked for at the same time together.
 *
 * @param list - reads rows by their ids, of which there are so many
 * @returns what reads one; it throws NOT_FOUND as `retrieve…` does
 */
export const gatherRows = <Row extends { id: string }>(
  entity: string,
  list: (ids: string[], count: number) => Promise<Row[]>
): ((id: string) => Promise<Row>) =>
  gather((calls: [id: string][]) => inOrder(entity, calls, list))

const inOrder = async <Row extends { id: string }>(
  entity: string,
  calls: [id: string][],
  list: (ids: string[], count: number) => Promise<Row[]>
): Promise<Row[]> => {
  const ids = [...new Set(calls.flat())]
  const rows = await list(ids, ids.length)
  const rowById = new Map(rows.map((row) => [row.id, row]))
  return calls.map(([id]) => {
    const row = rowById.get(id)
    if (!row) {
      throw new MedusaError(
        MedusaError.Types.NOT_FOUND,
        `${entity} with id: ${id} was not found`
      )
    }
    return row
  })
}
