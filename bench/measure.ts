export type Contender = {
  name: string
  run(): unknown
}

export type Measurement = {
  name: string
  /** Median time of one call, in microseconds. */
  microseconds: number
  /** Median, over all rounds, of its time divided by the baseline's time in the same round. */
  ratio: number
}

export type Plan = {
  /** Times that every contender has its turn. */
  rounds: number
  /**
   * How long one turn lasts, in milliseconds. Short turns are seldom interrupted by other work of
   * the machine.
   */
  turn: number
}

/** Contenders whose single call fills several turns take fewer of them: it suffices, and it ends. */
const ROUNDS_OF_SLOW = 15

type Entry = {
  contender: Contender
  calls: number
  isSlow: boolean
  /** Time for one call in each round, in milliseconds. */
  times: (number | undefined)[]
}

const WARM_UP_MILLISECONDS = 150

const now = (): number => performance.now()

const isPromise = (value: unknown): value is Promise<unknown> =>
  value instanceof Promise

/** Time for one call in milliseconds; what answers with a promise is awaited each time. */
async function time(run: () => unknown, calls: number): Promise<number> {
  const start = now()
  for (let call = 0; call < calls; call += 1) {
    const result = run()
    if (isPromise(result)) {
      await result
    }
  }
  return (now() - start) / calls
}

/** The first calls pay for what the one before left in the caches, so they are not counted. */
async function takeTurn(run: () => unknown, calls: number): Promise<number> {
  if (calls > 1) {
    await time(run, Math.ceil(calls / 5))
  }
  return time(run, calls)
}

/** Warms the code up and finds out how long one call takes at best, in milliseconds. */
async function warmUp(run: () => unknown): Promise<number> {
  let each = await time(run, 1)
  const end = now() + WARM_UP_MILLISECONDS
  while (now() < end && each < WARM_UP_MILLISECONDS) {
    each = Math.min(each, await time(run, Math.max(1, Math.ceil(2 / each))))
  }
  return each
}

const isTime = (time: number | undefined): time is number => time !== undefined

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((left, right) => left.at - right.at)
    .map(({ item }) => item)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  return sorted.length % 2
    ? sorted[middle]
    : (sorted[middle - 1] + sorted[middle]) / 2
}

/**
 * Measures contenders against each other on a machine that may be busy: all take their turns in
 * every round, in random order, and the ratio is taken within a round, so that a slow moment hits
 * both sides of it.
 *
 * @param contenders - the first is the baseline of the ratios
 * @param plan - rounds and length of a turn
 * @returns one line for each contender, in the given order
 */
export async function compare(
  contenders: readonly Contender[],
  { rounds, turn }: Plan
): Promise<Measurement[]> {
  const entries: Entry[] = []
  for (const contender of contenders) {
    const each = await warmUp(contender.run)
    entries.push({
      contender,
      calls: Math.max(1, Math.round(turn / each)),
      isSlow: each > turn,
      times: [],
    })
  }

  const every = Math.max(1, Math.floor(rounds / ROUNDS_OF_SLOW))
  globalThis.gc?.()
  for (let round = 0; round < rounds; round += 1) {
    for (const { contender, calls, isSlow, times } of shuffled(entries)) {
      const sitsOut = isSlow && round % every !== 0
      times.push(sitsOut ? undefined : await takeTurn(contender.run, calls))
    }
  }

  const [baseline] = entries
  return entries.map(({ contender, times }) => ({
    name: contender.name,
    microseconds: median(times.filter(isTime)) * 1000,
    ratio: median(
      times
        .map((each, round) => each && each / (baseline.times[round] ?? NaN))
        .filter(isTime)
    ),
  }))
}
