/** Whom a request is waiting for. */
type Awaited = "answer" | "service" | "source"

/**
 * The time limit of one request. It runs from the start to the end of the
 * answer, and begins anew with each chunk of a stream that is sent.
 */
export interface Clock {
  ms: number
  /** Aborts when the time is up. */
  signal: AbortSignal
  /** The same stream, with the clock beginning anew at each of its chunks. */
  during: (stream: ReadableStream<Uint8Array>) => ReadableStream<Uint8Array>
  /** Who let the time pass; undefined while it is not up. */
  late: () => Awaited | undefined
  stop: () => void
}

/** @param ms - how long nothing may happen */
export const startClock = (ms: number): Clock => {
  const controller = new AbortController()
  let awaited: Awaited = "answer"
  let isStopped = false
  let timer = setTimeout(() => controller.abort(), ms)
  const begin = (next: Awaited): void => {
    clearTimeout(timer)
    // What is left of a stream may still be read after the request has failed.
    if (!isStopped && !controller.signal.aborted) {
      awaited = next
      timer = setTimeout(() => controller.abort(), ms)
    }
  }

  const during: Clock["during"] = (stream) => {
    const reader = stream.getReader()
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          begin("source")
          const { done, value } = await reader.read()
          begin(done ? "answer" : "service")
          if (done) {
            controller.close()
          } else {
            controller.enqueue(value)
          }
        },
        cancel: (reason) => reader.cancel(reason),
      },
      // Only what is asked for: the clock would run ahead of the request.
      { highWaterMark: 0 }
    )
  }

  return {
    ms,
    signal: controller.signal,
    during,
    late: () => (controller.signal.aborted ? awaited : undefined),
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}
