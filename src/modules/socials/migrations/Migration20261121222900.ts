import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Publications are claimed as they are taken; whose account is busy is asked for each. */
export class Migration20261121222900 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "social_publication" drop column if exists "handed_out_at";`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_publication_at_work" ON "social_publication" ("account_id") WHERE deleted_at IS NULL AND state = 'publishing';`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop index if exists "IDX_social_publication_at_work";`)
    this.addSql(
      `alter table if exists "social_publication" add column if not exists "handed_out_at" timestamptz null;`
    )
  }
}
