const path = require("node:path")

const cache = path.resolve(
  __dirname,
  "../../node_modules/.cache/medusa-plugin-social-platforms"
)

/**
 * Dependencies that are published as ES modules only, and that tested code
 * imports. Node requires them; Jest's module registry cannot, so the global
 * setup makes a CommonJS bundle of each and the configuration maps to it.
 */
const esmBundles = ["oauth4webapi", "@noble/ciphers/aes.js", "masto"].map(
  (specifier) => ({
    specifier,
    bundle: path.join(cache, `${specifier.replace(/[^a-z0-9]+/gi, "-")}.cjs`),
  })
)

module.exports = { esmBundles }
