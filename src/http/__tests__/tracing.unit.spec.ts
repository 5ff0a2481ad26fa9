import diagnostics from "node:diagnostics_channel"
import { context, trace } from "@opentelemetry/api"
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks"
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base"
import { fetch } from "undici"
import { createServiceFetch } from "../fetch"
import { readAllowedNetworks } from "../guard/networks"
import {
  type LocalServer,
  startLocalServer,
} from "../guard/__tests__/support/local-server"

const SECRET = "marked-secret-2e8d"

/** Makes a span of each request, as OpenTelemetry's instrumentation of undici does. */
const instrument = (message: unknown) => {
  const { request } = message as { request: { origin: string; path: string } }
  trace
    .getTracer("instrumentation")
    .startSpan("GET", {
      attributes: { "url.full": `${request.origin}${request.path}` },
    })
    .end()
}

describe("with tracing of HTTP switched on", () => {
  const exporter = new InMemorySpanExporter()
  let server: LocalServer

  beforeAll(async () => {
    server = await startLocalServer()
    context.setGlobalContextManager(
      new AsyncLocalStorageContextManager().enable()
    )
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({
        spanProcessors: [new SimpleSpanProcessor(exporter)],
      })
    )
    diagnostics.subscribe("undici:request:create", instrument)
  })
  beforeEach(() => exporter.reset())
  afterAll(async () => {
    diagnostics.unsubscribe("undici:request:create", instrument)
    trace.disable()
    context.disable()
    await server.close()
  })

  const address = () => `${server.url}/bot${SECRET}/getMe?code=${SECRET}`

  it("the application's other requests are in its traces", async () => {
    await (await fetch(address())).text()
    expect(exporter.getFinishedSpans()).toHaveLength(1)
  })

  it("a request to a service is a span that has its host, and nothing else of its address", async () => {
    const ask = createServiceFetch({
      service: "Carrier",
      timeoutMs: 2_000,
      networks: readAllowedNetworks(["127.0.0.1"]) ?? undefined,
    })
    await trace.getTracer("application").startActiveSpan("job", async (job) => {
      await ask(address(), { method: "POST", body: SECRET })
      await ask(address())
      job.end()
    })
    server.answer((request) => request.socket.destroy())
    await expect(ask(address(), { method: "POST" })).rejects.toThrow(
      "could not be reached"
    )

    const spans = exporter.getFinishedSpans()
    expect(spans.map(({ name, attributes }) => [name, attributes])).toEqual([
      [
        "social_platforms.request",
        { "http.request.method": "POST", "server.address": "127.0.0.1" },
      ],
      [
        "social_platforms.request",
        { "http.request.method": "GET", "server.address": "127.0.0.1" },
      ],
      ["job", {}],
      [
        "social_platforms.request",
        expect.objectContaining({ "error.code": "ECONNRESET" }),
      ],
    ])
    const told = spans.map(({ attributes, events, status, links }) => [
      attributes,
      events,
      status,
      links,
    ])
    expect(JSON.stringify(told)).not.toContain(SECRET)
    // Nor does the service learn of the trace.
    expect(server.requests.map(({ headers }) => headers.traceparent)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
