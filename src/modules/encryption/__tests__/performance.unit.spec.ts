import { CONTEXT, createService } from "./support"

const TOKEN = "EAAB".repeat(50)
const ROUNDS = 2000

async function medianMicroseconds(
  run: () => Promise<unknown>
): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.hrtime.bigint()
    await run()
    times.push(Number(process.hrtime.bigint() - start) / 1000)
  }
  return times.sort((left, right) => left - right)[ROUNDS / 2]
}

// 0.1 ms is what users were promised; 0.05 ms leaves room for a slow and busy machine, and is
// still 500 times faster than deriving a key for each value.
const LIMIT = 50

describe("speed with a token of 200 bytes", () => {
  it("seals in well under 0.1 ms at the median", async () => {
    const { service } = createService()
    expect(
      await medianMicroseconds(() => service.encrypt(TOKEN, CONTEXT))
    ).toBeLessThan(LIMIT)
  })

  it("opens in well under 0.1 ms at the median", async () => {
    const { service } = createService()
    const envelope = await service.encrypt(TOKEN, CONTEXT)
    expect(
      await medianMicroseconds(() => service.decrypt(envelope, CONTEXT))
    ).toBeLessThan(LIMIT)
  })

  it("re-encrypts in under 0.1 ms at the median", async () => {
    const { service } = createService()
    const envelope = await service.encrypt(TOKEN, CONTEXT)
    expect(
      await medianMicroseconds(() => service.reEncrypt(envelope, CONTEXT))
    ).toBeLessThan(LIMIT * 2)
  })
})
