// The package's "./types" entry.
export * from "./enums"
export * from "./options"
