import { randomInt } from "node:crypto"
import net from "node:net"

/**
 * Reads a port from the environment.
 *
 * @param variable its name, such as `POSTGRES_PORT`
 * @throws Error when the value is not a port number
 */
export function portFromEnv(variable: string, fallback: number): number {
  const value = process.env[variable]
  if (!value) {
    return fallback
  }
  const port = Number(value)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(
      `${variable} is "${value}"; it must be a port from 1 to 65535.`
    )
  }
  return port
}

/**
 * Refuses a port that something listens on, whichever address it uses.
 *
 * @throws Error that names the port and the variable which changes it
 */
export async function assertPortFree(
  port: number,
  variable: string
): Promise<void> {
  for (const host of ["127.0.0.1", "::1", "::"]) {
    if (await isTaken(port, host)) {
      throw new Error(
        `Port ${port} is taken by another program. Stop it, or choose another ` +
          `port: ${variable}=${port + 1} npm start`
      )
    }
  }
}

/**
 * A TCP port that nothing listens on at the moment. It lies below those that
 * systems give to programs which ask for any port: between the choice and the
 * start of the service no other program gets it by chance.
 */
export async function freePort(): Promise<number> {
  const { default: getPort } = await import("get-port")
  const candidates = Array.from({ length: 20 }, () => randomInt(15_000, 32_000))
  return getPort({ port: candidates })
}

function isTaken(port: number, host: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") {
        return resolve(true)
      }
      // A machine without IPv6 has no such address, so nobody listens there.
      if (error.code === "EADDRNOTAVAIL" || error.code === "EAFNOSUPPORT") {
        return resolve(false)
      }
      reject(new Error(`Port ${port} cannot be used: ${error.message}`))
    })
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => resolve(false))
    })
  })
}
