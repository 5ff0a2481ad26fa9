import { type Attributes, SpanStatusCode, trace } from "@opentelemetry/api"
import { INSTRUMENTATION } from "./metrics"

/**
 * Runs something within a span. Its error is marked by its code alone: messages
 * of services can repeat what they were sent.
 *
 * @param name - of the span
 * @param attributes - ids and names, never values
 */
export const withSpan = <T>(
  name: string,
  attributes: Attributes,
  run: () => Promise<T>
): Promise<T> =>
  trace
    .getTracer(INSTRUMENTATION)
    .startActiveSpan(name, { attributes }, async (span) => {
      try {
        return await run()
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR })
        span.setAttribute("error.code", codeOf(error))
        throw error
      } finally {
        span.end()
      }
    })

const codeOf = (error: unknown): string => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === "string" ? code : "unknown"
}
