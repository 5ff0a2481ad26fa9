/// <reference types="vite/client" />

/** Where the API is served; Medusa's admin bundler replaces it at build time. */
declare const __BACKEND_URL__: string | undefined
