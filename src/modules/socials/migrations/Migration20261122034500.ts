import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Notes since when nothing uses a file: files are removed some time after that. */
export class Migration20261122034500 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "social_media" add column if not exists "unused_since" timestamptz null;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `alter table if exists "social_media" drop column if exists "unused_since";`
    )
  }
}
