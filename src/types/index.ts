// The package's "./types" entry.
export * from "../shared/enums"
export * from "./options"
export * from "./platform"
