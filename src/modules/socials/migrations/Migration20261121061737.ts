import { Migration } from "@medusajs/framework/mikro-orm/migrations"

export class Migration20261121061737 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "social_platform" add column if not exists "credential_index" text[] null;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_platform_credential_index" ON "social_platform" USING GIN ("credential_index") WHERE deleted_at IS NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop index if exists "IDX_social_platform_credential_index";`)
    this.addSql(
      `alter table if exists "social_platform" drop column if exists "credential_index";`
    )
  }
}
