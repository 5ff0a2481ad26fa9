import type pg from "pg"
import type { AdminApi } from "./admin-api"
import type { Dump } from "./database"
import type { Sandbox } from "./sandbox"
import type { SecretBook } from "./secret-book"
import type { KeySettings, Store } from "./store"

/** What the parts of the demo share. */
export type Stage = {
  store: Store
  api: AdminApi
  database: pg.Client
  sandbox: Sandbox
  /** Address of the picture that is published. */
  pictureUrl: string
  logFolder: string
  /** The keys that Medusa has at the moment. */
  keys: KeySettings
  /** Everything that must be found nowhere. */
  secrets: SecretBook
  dumps: Dump[]
}
