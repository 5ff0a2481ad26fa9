/*
 * Preloaded into Medusa's processes. `medusa develop` stays alive when the
 * server that it forked ends; this line in the log is how the start script
 * learns of it.
 */
process.on("exit", (status) => {
  if (process.argv[2] === "start") {
    require("node:fs").writeSync(1, `Medusa's server ended with status ${status}\n`)
  }
})
