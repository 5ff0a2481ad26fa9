import type { Arrival } from "../../../sandbox/networks/simulator"
import { type Reply, sendReply } from "../../../sandbox/http"

/** What becomes of one request of a publication. */
export type Fault =
  /** It arrives, and is never carried out. */
  | "lost"
  /** It arrives, and is carried out when {@link PlannedFaults.carryOutLate} is called. */
  | "late"
  /** It is carried out, and its response held back until {@link PlannedFaults.respondLate}. */
  | "held"
  /** It is carried out, and the connection ends without a response. */
  | "dropped"
  /** Its response is sent twice. */
  | "doubled"

/** The header by which a worker tells which publication a request is made for. */
export const PUBLICATION_HEADER = "x-publication"

/** Faults that wait for their requests, at whichever simulator those arrive. */
export interface PlannedFaults {
  intercept: (arrival: Arrival) => Promise<void>
  /** Lets something happen to the n-th request of a publication, counted from now. */
  plan: (publication: string, nth: number, fault: Fault) => void
  /** How many requests of a publication have arrived since it was planned for. */
  requestsOf: (publication: string) => number
  carryOutLate: () => Promise<void>
  respondLate: () => void
}

/** @param onFault - told when a planned fault has happened to a publication */
export const planFaults = (
  onFault: (publication: string) => void
): PlannedFaults => {
  const plans = new Map<string, { nth: number; fault: Fault }>()
  const requests = new Map<string, number>()
  const late: (() => Promise<unknown>)[] = []
  const held: (() => void)[] = []

  const happen = async (
    fault: Fault,
    { carryOut, response }: Arrival
  ): Promise<void> => {
    switch (fault) {
      case "lost":
        return
      case "late":
        late.push(carryOut)
        return
      case "held": {
        const reply = await carryOut()
        held.push(() => sendReply(response, reply))
        return
      }
      case "dropped":
        await carryOut()
        response.socket?.destroy()
        return
      case "doubled":
        sendTwice(response, await carryOut())
    }
  }

  return {
    intercept: async (arrival) => {
      const publication = String(
        arrival.request.headers[PUBLICATION_HEADER] ?? ""
      )
      const count = (requests.get(publication) ?? 0) + 1
      requests.set(publication, count)
      const plan = plans.get(publication)
      if (!publication || plan?.nth !== count) {
        sendReply(arrival.response, await arrival.carryOut())
        return
      }
      plans.delete(publication)
      await happen(plan.fault, arrival)
      onFault(publication)
    },
    plan: (publication, nth, fault) => {
      requests.delete(publication)
      plans.set(publication, { nth, fault })
    },
    requestsOf: (publication) => requests.get(publication) ?? 0,
    carryOutLate: async () => {
      await Promise.all(late.splice(0).map((carryOut) => carryOut()))
    },
    respondLate: () => {
      held.splice(0).forEach((respond) => respond())
    },
  }
}

/** As a proxy does that has lost count. */
const sendTwice = (
  { socket }: Arrival["response"],
  { status, headers, body }: Reply
): void => {
  const message = Buffer.concat([
    Buffer.from(
      [
        `HTTP/1.1 ${status} Doubled`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        `content-length: ${Buffer.byteLength(body)}`,
        "\r\n",
      ].join("\r\n")
    ),
    Buffer.from(body),
  ])
  socket?.write(Buffer.concat([message, message]))
}
