import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Lets a worker look up what of an account is due first, however much is. */
export class Migration20261122004700 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_publication_account_due" ON "social_publication" ("account_id", "next_attempt_at") WHERE deleted_at IS NULL AND next_attempt_at IS NOT NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop index if exists "IDX_social_publication_account_due";`)
  }
}
