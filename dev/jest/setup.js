const { MetadataStorage } = require("@medusajs/framework/mikro-orm/core")

// Models are declared at import time into a process-wide registry; a spec file
// must not see those of the file before it.
MetadataStorage.clear()
