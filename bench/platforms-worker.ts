import { randomBytes } from "node:crypto"
import path from "node:path"

import pg from "pg"

import { freePort } from "../dev/ports"
import { medusaCommand, root, runToEnd, startServer } from "../dev/processes"
import { startServices } from "../dev/services"
import { median } from "./measure"
import { SEED_PLATFORMS, SEED_PRODUCTS } from "./platform-rows"
import { printTable } from "./table"

const ROUNDS = 15

/** How much longer than Medusa's own list of products a list of platforms may take. */
const LIST_GOAL = 1.2

/** Longest time of a summary of all platforms, in ms. */
const SUMMARY_GOAL_MS = 300

const PRODUCTS = "/admin/products"
const PLATFORMS = "/admin/social-platforms"

/** The same question to both lists. */
const LISTS: [name: string, platforms: string, products: string][] = [
  ["first page", "", ""],
  ["search", "?q=50123", "?q=50123"],
  ["filter", "?status[]=error", "?status[]=draft"],
  ["sort by name", "?order=name", "?order=title"],
  ["offset 50,000", "?offset=50000", "?offset=50000"],
]

const SUMMARIES: [name: string, path: string][] = [
  ["health", "/admin/socials/health"],
  ["encryption status", "/admin/encryption"],
]

type Get = (path: string) => Promise<number>

async function main(): Promise<void> {
  const services = await startServices(["migrated-postgres", "sandbox"])
  try {
    await withStore(services.env, async (get) => {
      await compareLists(get)
      await timeSummaries(get)
    })
  } finally {
    await services.stop()
  }
}

async function compareLists(get: Get): Promise<void> {
  const rows: string[][] = []
  let worst = 0
  for (const [name, platforms, products] of LISTS) {
    const rounds: [number, number][] = []
    for (let round = -2; round < ROUNDS; round += 1) {
      const pair: [number, number] = [
        await get(PLATFORMS + platforms),
        await get(PRODUCTS + products),
      ]
      if (round >= 0) {
        rounds.push(pair)
      }
    }
    const ratio = median(rounds.map(([ours, theirs]) => ours / theirs))
    worst = Math.max(worst, ratio)
    rows.push([
      name,
      median(rounds.map(([ours]) => ours)).toFixed(1),
      median(rounds.map(([, theirs]) => theirs)).toFixed(1),
      ratio.toFixed(2),
    ])
  }
  printTable(
    "Lists of 100,000 rows over HTTP, in ms",
    ["", "platforms", "products", "ratio"],
    rows
  )
  console.log(
    `${worst <= LIST_GOAL ? "met" : "MISSED"}: ${worst.toFixed(2)} of the product list's time at most, goal ${LIST_GOAL}\n`
  )
}

async function timeSummaries(get: Get): Promise<void> {
  const rows: string[][] = []
  for (const [name, address] of SUMMARIES) {
    const times: number[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      times.push(await get(address))
    }
    const time = median(times)
    rows.push([
      name,
      time.toFixed(0),
      time <= SUMMARY_GOAL_MS ? "met" : "MISSED",
    ])
  }
  printTable(
    `Summaries of 100,000 platforms over HTTP, goal ${SUMMARY_GOAL_MS} ms`,
    ["", "ms", "goal"],
    rows
  )
}

/** Starts Medusa over a database of 100,000 platforms and as many products. */
async function withStore(
  services: Record<string, string>,
  use: (get: Get) => Promise<void>
): Promise<void> {
  const port = String(await freePort())
  const url = `http://localhost:${port}`
  const password = randomBytes(12).toString("hex")
  const env = {
    ...services,
    PORT: port,
    NODE_ENV: "development",
    DISABLE_MEDUSA_ADMIN: "true",
    LOG_LEVEL: "warn",
    SOCIAL_PLATFORMS_ADMIN_URL: `${url}/app`,
  }
  const logs = path.join(root, ".data", "bench")
  const medusa = (args: string[]) =>
    medusaCommand(args, env, path.join(logs, `${args[0]}.log`))

  await seed(services.DATABASE_URL)
  await runToEnd(medusa(["user", "-e", "bench@example.com", "-p", password]))
  const health = `${url}/health`
  const server = await startServer(medusa(["start"]), { url: health })
  try {
    await use(timedGet(url, await logIn(url, password)))
  } finally {
    await server.stop()
  }
}

async function seed(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of [...SEED_PLATFORMS, ...SEED_PRODUCTS]) {
      await client.query(statement)
    }
  } finally {
    await client.end()
  }
}

async function logIn(url: string, password: string): Promise<string> {
  const response = await fetch(`${url}/auth/user/emailpass`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "bench@example.com", password }),
  })
  const { token } = (await response.json()) as { token: string }
  return token
}

/** Asks and reads the whole response, in ms. */
function timedGet(url: string, token: string): Get {
  return async (address) => {
    const start = performance.now()
    const response = await fetch(url + address, {
      headers: { authorization: `Bearer ${token}` },
    })
    const text = await response.text()
    if (!response.ok) {
      throw new Error(`${address} answers ${response.status}: ${text}`)
    }
    return performance.now() - start
  }
}

main()
  .then(() => process.exit())
  .catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
