/*
 * Preloaded into Medusa's processes. `medusa develop` stays alive when the
 * server that it forked ends; with this line in the log the start script knows
 * which process to look for.
 */
if (process.argv[2] === "start") {
  require("node:fs").writeSync(1, `Medusa's server is process ${process.pid}\n`)
}
