const { build } = require("esbuild")
const { esmBundles } = require("./esm-bundles")

module.exports = async () => {
  await Promise.all(
    esmBundles.map(({ specifier, bundle }) =>
      build({
        entryPoints: [specifier],
        outfile: bundle,
        bundle: true,
        platform: "node",
        format: "cjs",
        target: "node20",
        logLevel: "warning",
      })
    )
  )
}
