// Models are declared at import time into a process-wide registry; a spec file
// must not see those of the file before it. Unit tests declare none, and do not
// wait for it to load.
if (!process.env.TEST_TYPE?.startsWith("unit")) {
  const { MetadataStorage } = require("@medusajs/framework/mikro-orm/core")
  MetadataStorage.clear()
}

// As in production: Jest has every error capture a hundred.
Error.stackTraceLimit = 10

// What each worker has to itself: files of two workers run at the same time.
const workers = JSON.parse(process.env.TEST_WORKERS ?? "[{}]")
Object.assign(process.env, workers[Number(process.env.JEST_WORKER_ID ?? 1) - 1])
