import medusa from "@medusajs/eslint-plugin"
import jest from "eslint-plugin-jest"
import { layers } from "./eslint.layers.mjs"

const { default: plugin } = medusa

/** The strict preset with each of its warnings made an error. */
const strict = plugin.configs.strict.map((block) => {
  if (!block.rules) {
    return block
  }
  const rules = Object.fromEntries(
    Object.entries(block.rules).map(([rule, setting]) => [
      rule,
      Array.isArray(setting) ? ["error", ...setting.slice(1)] : "error",
    ])
  )
  return { ...block, rules }
})

export default [
  {
    ignores: [
      "**/.medusa/**",
      "**/.data/**",
      "**/dist/**",
      "**/node_modules/**",
      "static/**",
    ],
  },
  ...strict,
  // The preset leaves them out; a skipped test must not slip through.
  { ignores: ["!**/integration-tests/**"] },
  {
    // The published tsconfig.json covers `src` only; type-aware rules need the
    // program that a file belongs to.
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { project: "./tsconfig.check.json" } },
  },
  {
    files: ["src/admin/**/*.{ts,tsx}"],
    languageOptions: {
      parserOptions: { project: "./src/admin/tsconfig.json" },
    },
  },
  {
    files: ["**/*.{ts,tsx,js,mjs}"],
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-debugger": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    rules: {
      // Medusa's logger, so that the operator decides what is written where.
      "no-console": "error",
    },
  },
  {
    // A test that does not run proves nothing, and hides that it does not.
    files: ["**/*.spec.ts", "integration-tests/**/*.ts"],
    plugins: { jest },
    rules: {
      "jest/no-disabled-tests": "error",
      "jest/no-focused-tests": "error",
    },
  },
  {
    // Programs of their own, outside Medusa: no MedusaError to catch there.
    files: [
      "dev/**",
      "sandbox/**",
      "bench/**",
      "integration-tests/**",
      "*.config.{js,mjs,ts}",
    ],
    rules: { "@medusajs/use-medusa-error-not-generic-error": "off" },
  },
  {
    // Tests make throw-away workflows, and reach below the public entries.
    files: ["integration-tests/**"],
    rules: {
      "@medusajs/import-from-framework-not-internal": "off",
      "@medusajs/step-id-kebab-case": "off",
      "@medusajs/workflow-id-matches-export-or-filename": "off",
    },
  },
  ...layers,
]
