import { type Answer, type FakeService, startFakeService } from "./fake-service"

export interface HarbourService extends FakeService {
  /** Passwords by berth: who may log in. */
  berths: Record<string, string>
  /** What was written on the walls, as `berth: text`. */
  messages: string[]
  /** Makes all access tokens that are out worthless; their sessions live on. */
  expireTokens: () => void
  /** How many times a session was begun, prolonged and ended. */
  count: (what: "login" | "refresh" | "logout") => number
}

const ok = (body: object): Answer => ({ status: 200, body })
const refuse = (error: string): Answer => ({ status: 401, body: { error } })

/**
 * Stands in for a service with sessions of its own: a login gives two tokens,
 * each refresh gives two new ones and ends the old ones.
 */
export const startHarbour = async (): Promise<HarbourService> => {
  const berths: Record<string, string> = {}
  const messages: string[] = []
  const access = new Map<string, string>()
  const refresh = new Map<string, string>()
  let serial = 0

  const begin = (berth: string): Answer => {
    serial += 1
    access.set(`access-${serial}`, berth)
    refresh.set(`refresh-${serial}`, berth)
    return ok({
      access: `access-${serial}`,
      refresh: `refresh-${serial}`,
      seconds: 3600,
    })
  }

  const service = await startFakeService(({ method, path, form, headers }) => {
    const token = headers.authorization?.slice("Bearer ".length) ?? ""
    const berth = access.get(token)
    const session = refresh.get(token)
    switch (`${method} ${path}`) {
      case "POST /sessions": {
        const name = form.get("berth") ?? ""
        return name in berths && berths[name] === form.get("password")
          ? begin(name)
          : refuse("wrong_login")
      }
      case "POST /sessions/refresh":
        refresh.delete(token)
        return session ? begin(session) : refuse("session_over")
      case "DELETE /sessions":
        refresh.delete(token)
        return session ? ok({}) : refuse("session_over")
      case "GET /me":
        return berth ? ok({ berth }) : refuse("session_over")
      case "POST /messages":
        if (!berth) {
          return refuse("session_over")
        }
        messages.push(`${berth}: ${form.get("text")}`)
        return ok({ id: `message-${messages.length}` })
      default:
        return { status: 404, body: { error: "unknown_path" } }
    }
  })

  const paths = {
    login: "POST /sessions",
    refresh: "POST /sessions/refresh",
    logout: "DELETE /sessions",
  }
  return {
    ...service,
    berths,
    messages,
    expireTokens: () => access.clear(),
    count: (what) =>
      service.requests.filter(
        ({ method, path }) => `${method} ${path}` === paths[what]
      ).length,
    reset: () => {
      messages.length = 0
      service.reset()
    },
  }
}
