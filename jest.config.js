const { esmBundles } = require("./dev/jest/esm-bundles")

const testMatch = {
  unit: ["**/src/**/__tests__/**/*.unit.spec.ts"],
  "unit:together": ["**/dev/jest/together/*.spec.ts"],
  "integration:modules": ["**/src/modules/*/__tests__/**/*.module.spec.ts"],
  "integration:http": ["**/integration-tests/http/*.spec.ts"],
  "integration:http:together": ["**/integration-tests/http/together/*.spec.ts"],
  "integration:distributed": ["**/integration-tests/distributed/*.spec.ts"],
  "integration:redis": ["**/integration-tests/distributed/redis/*.spec.ts"],
  e2e: ["**/integration-tests/e2e/**/*.spec.ts"],
}

const type = process.env.TEST_TYPE ?? "unit"
if (!testMatch[type]) {
  throw new Error(
    `TEST_TYPE is "${type}"; it must be one of ${Object.keys(testMatch).join(", ")}`
  )
}

module.exports = {
  testEnvironment: "node",
  testMatch: testMatch[type],
  testTimeout: 60_000,
  moduleFileExtensions: ["js", "ts", "json", "node"],
  transform: {
    "^.+\\.[jt]s$": [
      "@swc/jest",
      {
        jsc: {
          parser: { syntax: "typescript", decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: "es2021",
        },
        // Packages that are ES modules only are reached through a native
        // `import()`, which must stay as it is written.
        module: { type: "commonjs", ignoreDynamic: true },
        sourceMaps: "inline",
      },
    ],
  },
  // Jest cannot `require` an ES module: a CommonJS bundle stands in for it.
  moduleNameMapper: {
    ...Object.fromEntries(
      esmBundles.map(({ specifier, bundle }) => [
        `^${specifier.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`,
        bundle,
      ])
    ),
    ...(type.startsWith("unit") && {
      "^@medusajs/framework/utils$": "<rootDir>/dev/jest/medusa-utils.js",
    }),
    // The same runner, on a database that is migrated already.
    ...(type !== "integration:modules" && {
      "^@medusajs/test-utils$":
        "<rootDir>/integration-tests/http/support/medusa-runner.ts",
    }),
  },
  globalSetup: "./dev/jest/global-setup.js",
  setupFiles: ["./dev/jest/setup.js"],
  modulePathIgnorePatterns: [
    "<rootDir>/.medusa/",
    "<rootDir>/.data/",
    "<rootDir>/dist/",
  ],
}
