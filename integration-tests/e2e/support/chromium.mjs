import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises"
import path from "node:path"

/*
 * node integration-tests/e2e/support/chromium.mjs FOLDER
 *
 * Unpacks the Chromium that `@sparticuz/chromium` brings, with the libraries
 * and fonts that a bare machine lacks, and prints as JSON how to start it. A
 * process of its own, because the package unpacks into the temporary folder and
 * changes the environment of whoever imports it.
 */

const folder = path.resolve(process.argv[2])
const staging = `${folder}.${process.pid}`

if (!(await exists(path.join(folder, "chromium")))) {
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { recursive: true })
  process.env.TMPDIR = staging
  // Makes the package unpack its libraries too, whatever this machine has.
  process.env.AWS_LAMBDA_JS_RUNTIME = "nodejs22.x"
  const { default: chromium } = await import("@sparticuz/chromium")
  await chromium.executablePath()
  await writeFile(path.join(staging, "fonts", "fonts.conf"), fontsConf())
  // Only a complete copy gets the final name: an interrupted run, or two at a
  // time, leave nothing half unpacked behind.
  await rename(staging, folder).catch(() => undefined)
  await rm(staging, { recursive: true, force: true })
}

console.log(
  JSON.stringify({
    executablePath: path.join(folder, "chromium"),
    env: {
      LD_LIBRARY_PATH: path.join(folder, "al2023", "lib"),
      FONTCONFIG_PATH: path.join(folder, "fonts"),
    },
  })
)

/** The package's own file looks for the fonts in the temporary folder. */
function fontsConf() {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${path.join(folder, "fonts", "fonts")}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${path.join(folder, "fonts-cache")}</cachedir>
</fontconfig>
`
}

async function exists(file) {
  return stat(file).then(
    () => true,
    () => false
  )
}
