/*
 * Stands in for `@medusajs/framework/utils` in unit tests, which use few of its
 * names: the whole brings the ORM, GraphQL and more, and takes a second to load.
 * Names of other files come from the whole, once they are asked for.
 */
const path = require("node:path")

const whole = require.resolve("@medusajs/utils")
const light = Object.assign(
  {},
  ...[
    "common/container",
    "common/errors",
    "common/generate-entity-id",
    "modules-sdk/definition",
    "modules-sdk/module-provider",
  ].map((file) => require(path.join(path.dirname(whole), file)))
)

module.exports = new Proxy(light, {
  get: (_, name) => (name in light ? light[name] : require(whole)[name]),
})
