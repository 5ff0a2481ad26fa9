import { Migration } from "@medusajs/framework/mikro-orm/migrations"

export class Migration20261121071733 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "social_configuration_alarm" drop constraint if exists "social_configuration_alarm_provider_unique";`
    )
    this.addSql(
      `create table if not exists "social_configuration_alarm" ("id" text not null, "provider" text not null, "raised_at" timestamptz not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "social_configuration_alarm_pkey" primary key ("id"));`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_configuration_alarm_deleted_at" ON "social_configuration_alarm" ("deleted_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_social_configuration_alarm_provider_unique" ON "social_configuration_alarm" ("provider") WHERE deleted_at IS NULL;`
    )

    this.addSql(
      `alter table if exists "social_platform" add column if not exists "last_probed_at" timestamptz null, add column if not exists "warned_expiry" timestamptz null;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_platform_next_refresh_at" ON "social_platform" ("next_refresh_at") WHERE next_refresh_at IS NOT NULL AND deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_platform_refresh_token_expires_at" ON "social_platform" ("refresh_token_expires_at") WHERE refresh_token_expires_at IS NOT NULL AND deleted_at IS NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "social_configuration_alarm" cascade;`)

    this.addSql(`drop index if exists "IDX_social_platform_next_refresh_at";`)
    this.addSql(
      `drop index if exists "IDX_social_platform_refresh_token_expires_at";`
    )
    this.addSql(
      `alter table if exists "social_platform" drop column if exists "last_probed_at", drop column if exists "warned_expiry";`
    )
  }
}
