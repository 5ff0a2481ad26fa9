import { ServiceError } from "../../../errors/service-error"
import { throughCircuit } from "../circuit-breaker"
import { createSemaphore } from "../semaphore"
import { createSharedReads } from "../shared-read"

const SLOW_MS = 15_000

describe("a token endpoint", () => {
  let endpoints = 0
  let endpoint: string
  let sent: number
  beforeEach(() => {
    jest.useFakeTimers()
    endpoint = `https://service-${++endpoints}.example/token`
    sent = 0
  })
  afterEach(() => jest.useRealTimers())

  const timeout = () =>
    Promise.reject(
      new ServiceError("transient", "No answer.", { code: "timeout" })
    )
  const send = (answer: () => Promise<string>) =>
    throughCircuit(endpoint, SLOW_MS, () => {
      sent += 1
      return answer()
    })
  const failFiveTimes = async () => {
    for (let count = 0; count < 5; count++) {
      await expect(send(timeout)).rejects.toMatchObject({ code: "timeout" })
    }
  }

  it("is left alone for a while after five requests without an answer", async () => {
    await failFiveTimes()
    const refused = send(async () => "token")
    await expect(refused).rejects.toMatchObject({
      errorClass: "transient",
      code: "circuit_open",
      retryAt: new Date(Date.now() + 30_000),
    })
    expect(sent).toBe(5)
  })

  it("is then asked by one request, and by all again once that is answered", async () => {
    await failFiveTimes()
    jest.advanceTimersByTime(30_000)
    let answer: (token: string) => void = () => undefined
    const trial = send(() => new Promise((resolve) => (answer = resolve)))
    await expect(send(async () => "token")).rejects.toMatchObject({
      code: "circuit_open",
    })
    answer("token")
    await trial
    expect(await send(async () => "token")).toBe("token")
    expect(sent).toBe(7)
  })

  it("that hangs counts before its requests are given up", async () => {
    const hanging = Array.from({ length: 5 }, () =>
      send(() => new Promise<string>(() => undefined))
    )
    await Promise.resolve()
    expect(hanging).toHaveLength(5)
    expect(await send(async () => "token")).toBe("token")
    jest.advanceTimersByTime(SLOW_MS)
    await expect(send(async () => "token")).rejects.toMatchObject({
      code: "circuit_open",
    })
  })

  it.each([
    ["refuses a grant", new ServiceError("token_invalid", "", { code: "x" })],
    ["limits the rate", new ServiceError("rate_limited", "", { code: "x" })],
    [
      "answers nonsense",
      new ServiceError("transient", "", { code: "x", status: 200 }),
    ],
  ])("that %s is alive", async (_, error) => {
    await failFiveTimes().catch(() => undefined)
    jest.advanceTimersByTime(30_000)
    await expect(send(() => Promise.reject(error))).rejects.toBe(error)
    expect(await send(async () => "token")).toBe("token")
  })
})

describe("a semaphore", () => {
  it("runs so many tasks at a time, lets some wait and refuses the rest", async () => {
    const semaphore = createSemaphore(2, 1, () => new Error("too many"))
    const running: (() => void)[] = []
    const task = () => new Promise<void>((end) => running.push(end))
    const tasks = [task, task, task].map((each) => semaphore.run(each))
    await expect(semaphore.run(task)).rejects.toThrow("too many")
    expect(running).toHaveLength(2)

    running[0]()
    await tasks[0]
    expect(running).toHaveLength(3)
    running.slice(1).forEach((end) => end())
    await Promise.all(tasks)
  })
})

describe("a shared read", () => {
  it("is one for all who come while another is under way, and never one that began before they asked", async () => {
    const share = createSharedReads<number>()
    const ends: (() => void)[] = []
    const read = () => {
      const began = ends.length + 1
      return new Promise<number>((resolve) => ends.push(() => resolve(began)))
    }
    const first = share("a", read)
    const joined = [share("a", read), share("a", read)]
    const other = share("b", read)
    expect(ends).toHaveLength(2)

    ends[0]()
    expect(await first).toBe(1)
    await Promise.resolve()
    ends.slice(1).forEach((end) => end())
    expect(await other).toBe(2)
    expect(await Promise.all(joined)).toEqual([3, 3])

    const later = share("a", read)
    ends[3]()
    expect(await later).toBe(4)
  })

  it("goes on after one that failed", async () => {
    const share = createSharedReads<number>()
    const failing = share("a", () => Promise.reject(new Error("down")))
    const next = share("a", async () => 2)
    await expect(failing).rejects.toThrow("down")
    expect(await next).toBe(2)
  })
})
