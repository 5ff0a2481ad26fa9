import { Migration } from "@medusajs/framework/mikro-orm/migrations"

export class Migration20261121183500 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "social_platform" add column if not exists "tested_at" timestamptz null;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `alter table if exists "social_platform" drop column if exists "tested_at";`
    )
  }
}
