import { randomInt } from "node:crypto"

/**
 * Reads a port from the environment, and refuses one that is not free on every
 * address of the machine.
 *
 * @param variable its name, such as `POSTGRES_PORT`
 * @throws Error that names the port, the variable and what to do
 */
export async function portFromEnv(
  variable: string,
  fallback: number
): Promise<number> {
  const value = process.env[variable]
  const port = Number(value || fallback)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Error(
      `${variable} is "${value}"; it must be a port from 1 to 65535.`
    )
  }
  const { default: getPort } = await import("get-port")
  if ((await getPort({ port })) !== port) {
    throw new Error(
      `Port ${port} is taken by another program. Stop it, or choose another ` +
        `port: ${variable}=${port + 1} npm start`
    )
  }
  return port
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
