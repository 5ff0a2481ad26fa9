import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Lets a repetition be found: digests of what a publication says and shows. */
export class Migration20261121223000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "social_publication" add column if not exists "content_hash" text null, add column if not exists "media_hash" text null;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_publication_account_content" ON "social_publication" ("account_id", "content_hash") WHERE deleted_at IS NULL AND content_hash IS NOT NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_publication_account_media" ON "social_publication" ("account_id", "media_hash") WHERE deleted_at IS NULL AND media_hash IS NOT NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `drop index if exists "IDX_social_publication_account_content";`
    )
    this.addSql(`drop index if exists "IDX_social_publication_account_media";`)
    this.addSql(
      `alter table if exists "social_publication" drop column if exists "content_hash", drop column if exists "media_hash";`
    )
  }
}
