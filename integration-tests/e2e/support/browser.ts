import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import path from "node:path"
import { type Browser, chromium } from "playwright-core"

const root = path.resolve(__dirname, "../../..")
const unpacked = path.join(
  root,
  "node_modules",
  ".cache",
  "medusa-plugin-social-platforms",
  "chromium"
)

/** For a headless browser in a container, that talks to localhost only. */
const flags = [
  "--no-sandbox",
  "--disable-setuid-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-domain-reliability",
  "--disable-extensions",
  "--disable-sync",
  "--font-render-hinting=none",
  "--hide-scrollbars",
  "--metrics-recording-only",
  "--no-default-browser-check",
  "--no-first-run",
  "--no-pings",
]

/**
 * Starts a headless Chromium: the one that `CHROMIUM_PATH` names, or else the
 * one that the development dependencies bring, which needs nothing of the
 * machine.
 *
 * @throws Error when the browser of `CHROMIUM_PATH` does not exist, or when
 *   there is none for this machine
 */
export async function launchBrowser(): Promise<Browser> {
  const { executablePath, env } = browserToLaunch()
  return chromium.launch({
    executablePath,
    args: flags,
    headless: true,
    env: { ...stringsOf(process.env), ...env },
  })
}

function browserToLaunch(): {
  executablePath: string
  env: Record<string, string>
} {
  const named = process.env.CHROMIUM_PATH
  if (named) {
    if (!existsSync(named)) {
      throw new Error(`CHROMIUM_PATH is "${named}"; there is no such file.`)
    }
    return { executablePath: named, env: {} }
  }
  if (process.platform !== "linux") {
    throw new Error(
      "The bundled Chromium is for Linux. Set CHROMIUM_PATH to a Chrome or " +
        "Chromium of this machine."
    )
  }
  const output = execFileSync(
    process.execPath,
    [path.join(__dirname, "chromium.mjs"), unpacked],
    // Jest's own options would make this process load Jest's modules.
    { env: { ...process.env, NODE_OPTIONS: "" }, encoding: "utf8" }
  )
  return JSON.parse(output)
}

function stringsOf(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined
    )
  )
}
