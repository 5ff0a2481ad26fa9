/** A value of another system, and where it belongs here. */
export interface ImportRow {
  /**
   * Its number in the file, for the report.
   *
   * @default its place in the list, from 1
   */
  row?: number
  /** The platform that gets it; without one it is found by the next three, or created. */
  platform_id?: string
  provider?: string
  tenant_id?: string | null
  identifier?: string | null
  /** Name of a platform that has to be created. */
  name?: string
  /**
   * Name of the credential; `token_set` is a whole OAuth grant as JSON.
   *
   * @default "access_token"
   */
  field?: string
  /** The sealed value, as the other system stored it. */
  value: string
  /** When the access token expires (RFC 3339). */
  expires_at?: string | null
}

/** A row that was not imported. */
export interface FailedImportRow {
  row: number
  code: string
  message: string
}

export interface ImportReport {
  examined: number
  /** Values that were stored, or would be. */
  imported: number
  /** Values that are stored already. */
  unchanged: number
  created_platforms: number
  failed: FailedImportRow[]
}

/** Rows that one call takes on, so that it ends in time. */
export const MAX_IMPORT_ROWS = 500
