import { type MeterProvider, metrics, trace } from "@opentelemetry/api"
import {
  createService,
  failureOf,
} from "../../modules/encryption/__tests__/support"
import { recordRefresh } from "../metrics"
import { withSpan } from "../spans"

/** Keeps what is recorded, by name. */
const startRecording = () => {
  const recorded: Record<string, unknown[]> = {}
  const instrument = (name: string) => {
    const keep = (value: number, attributes: object) =>
      (recorded[name] ??= []).push([value, attributes])
    return { add: keep, record: keep }
  }
  metrics.setGlobalMeterProvider({
    getMeter: () => ({
      createCounter: instrument,
      createHistogram: instrument,
    }),
  } as unknown as MeterProvider)
  return recorded
}

describe("metrics", () => {
  afterEach(() => {
    metrics.disable()
    trace.disable()
  })

  it("cost nothing and break nothing where no SDK is set up", async () => {
    const { service } = createService()
    const secret = await service.decrypt(await service.encrypt("x"))
    expect(secret.reveal()).toBe("x")
    recordRefresh("sandbox", "success", Date.now())
    expect(await withSpan("a", {}, async () => 7)).toBe(7)
  })

  it("count seals, opens and failures by key version and code, never a value", async () => {
    const recorded = startRecording()
    const { service } = createService()
    const envelope = await service.encrypt("marked-secret")
    await service.decrypt(envelope)
    await failureOf(() => service.decrypt({ ...envelope, keyVersion: 9 }))
    expect(recorded).toEqual({
      "social_platforms.encryption.seals": [[1, { key_version: 1 }]],
      "social_platforms.encryption.opens": [[1, { key_version: 1 }]],
      "social_platforms.encryption.errors": [
        [1, { code: "unknown_key_version" }],
      ],
    })
  })

  it("count refreshes by provider and outcome, with their duration", () => {
    const recorded = startRecording()
    recordRefresh("amazon_ads", "transient", Date.now() - 250)
    expect(recorded["social_platforms.token.refreshes"]).toEqual([
      [1, { provider: "amazon_ads", outcome: "transient" }],
    ])
    const [[duration]] = recorded[
      "social_platforms.token.refresh.duration"
    ] as [[number, object]]
    expect(duration).toBeGreaterThanOrEqual(250)
    expect(duration).toBeLessThan(5_000)
  })

  it("mark a failed span by its code alone", async () => {
    const span = {
      setStatus: jest.fn(),
      setAttribute: jest.fn(),
      end: jest.fn(),
    }
    trace.setGlobalTracerProvider({
      getTracer: () => ({
        startActiveSpan: (
          _name: string,
          _options: object,
          run: (s: object) => unknown
        ) => run(span),
      }),
    } as never)
    const error = Object.assign(new Error("marked-secret"), {
      code: "http_500",
    })
    await expect(
      withSpan("refresh", {}, async () => {
        throw error
      })
    ).rejects.toBe(error)
    expect(span.setAttribute).toHaveBeenCalledWith("error.code", "http_500")
    expect(span.end).toHaveBeenCalledTimes(1)
    expect(JSON.stringify(span.setStatus.mock.calls)).not.toContain(
      "marked-secret"
    )
  })
})
