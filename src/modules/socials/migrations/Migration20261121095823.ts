import { Migration } from "@medusajs/framework/mikro-orm/migrations"

export class Migration20261121095823 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "social_platform" add column if not exists "refresh_token_extended_at" timestamptz null;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `alter table if exists "social_platform" drop column if exists "refresh_token_extended_at";`
    )
  }
}
