import { isServiceError, ServiceError } from "../../errors/service-error"

/** So many requests in a row without a response open the circuit. */
const FAILURES_TO_OPEN = 5

/** How long nothing is sent through an open circuit, in ms. */
const OPEN_MS = 30_000

interface Circuit {
  failures: number
  /** Until when nothing is sent, in ms since the epoch. */
  openUntil: number
}

/** By endpoint, for the whole process: only those that have failed. */
const circuits = new Map<string, Circuit>()

/**
 * Sends a request to an endpoint, unless that has left several in a row without
 * a response: then nothing is sent for a while, and one request at a time after
 * that, until one is answered. A response is also a refusal.
 *
 * @param slowMs - a request that takes longer counts as one without a response,
 * although it goes on
 * @throws {ServiceError} `transient`, code `circuit_open`, when nothing was sent
 */
export const throughCircuit = async <T>(
  endpoint: string,
  slowMs: number,
  request: () => Promise<T>
): Promise<T> => {
  refuseWhileOpen(endpoint)
  let counted = false
  const countFailure = () => {
    if (!counted) {
      counted = true
      fail(endpoint)
    }
  }
  const timer = setTimeout(countFailure, slowMs)
  timer.unref()
  try {
    const result = await request()
    circuits.delete(endpoint)
    return result
  } catch (error) {
    if (isUnanswered(error)) {
      countFailure()
    } else {
      circuits.delete(endpoint)
    }
    throw error
  } finally {
    clearTimeout(timer)
  }
}

const fail = (endpoint: string): void => {
  const failures = (circuits.get(endpoint)?.failures ?? 0) + 1
  circuits.set(endpoint, {
    failures,
    openUntil: failures >= FAILURES_TO_OPEN ? Date.now() + OPEN_MS : 0,
  })
}

const refuseWhileOpen = (endpoint: string): void => {
  const circuit = circuits.get(endpoint)
  if (!circuit || circuit.failures < FAILURES_TO_OPEN) {
    return
  }
  if (circuit.openUntil <= Date.now()) {
    // This one tries it; the others wait for what becomes of it.
    circuit.openUntil = Date.now() + OPEN_MS
    return
  }
  throw new ServiceError(
    "transient",
    `The token endpoint did not respond to the last ${circuit.failures} requests. It is asked again after ${new Date(circuit.openUntil).toISOString()}.`,
    { code: CIRCUIT_OPEN, retryAt: new Date(circuit.openUntil) }
  )
}

/** The code of the error when nothing was sent. */
export const CIRCUIT_OPEN = "circuit_open"

const isUnanswered = (error: unknown): boolean =>
  isServiceError(error) &&
  error.errorClass === "transient" &&
  (error.status === undefined || error.status >= 500)
