/*
 * Preloaded into Medusa's processes. `medusa develop` stays alive when the
 * server that it forked fails; this line in the log tells the start script.
 */
if (process.argv[2] === "start") {
  process.once("exit", (status) => {
    if (status !== 0) {
      require("node:fs").writeSync(1, `Medusa's server ended with ${status}\n`)
    }
  })
}
