import medusa from "@medusajs/eslint-plugin"
import jest from "eslint-plugin-jest"

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

/** From the top to the bottom: each may import what stands below it. */
const UPWARD = ["admin", "api", "jobs", "subscribers", "scripts", "workflows"]
const CORE = ["publishing", "credentials", "modules"]

/**
 * Imports point one way: api, workflows, publishing and credentials, then the
 * modules. The dashboard speaks HTTP and shares nothing but `src/shared`.
 */
const layers = [
  {
    files: ["src/admin/**/*.{ts,tsx}"],
    forbidden: [...UPWARD.slice(1), ...CORE, "providers", "oauth", "http"],
    reason: "The dashboard speaks HTTP, and shares src/shared with the server.",
  },
  {
    files: ["src/shared/**/*.ts"],
    forbidden: [...UPWARD, ...CORE, "providers", "oauth", "http", "secrets"],
    reason: "src/shared is pure: it runs in the browser too.",
  },
  {
    files: ["src/workflows/**/*.ts"],
    forbidden: ["admin", "api"],
    reason: "Nothing imports routes or the dashboard.",
  },
  {
    files: ["src/publishing/**/*.ts"],
    forbidden: UPWARD,
    reason: "The publishing engine never imports workflows or routes.",
  },
  {
    files: ["src/credentials/**/*.ts"],
    forbidden: [...UPWARD, "publishing"],
    reason: "Credentials never import workflows or routes.",
  },
  {
    files: ["src/providers/**/*.ts"],
    forbidden: [...UPWARD, ...CORE],
    reason: "Providers know nothing of modules, credentials or workflows.",
  },
  {
    files: ["src/modules/**/*.ts"],
    forbidden: [...UPWARD, "publishing", "credentials"],
    reason: "Modules never import upward.",
  },
  {
    files: ["src/oauth/**/*.ts", "src/http/**/*.ts"],
    forbidden: [...UPWARD, ...CORE, "providers"],
    reason: "Protocol code knows nothing of the plugin.",
  },
]

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
  ...layers.map(({ files, forbidden, reason }) => ({
    files,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: `^\\.{1,2}/(.*/)?(${forbidden.join("|")})(/|$)`,
              message: reason,
            },
          ],
        },
      ],
    },
  })),
]
