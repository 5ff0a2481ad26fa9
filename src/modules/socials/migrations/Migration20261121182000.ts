import { Migration } from "@medusajs/framework/mikro-orm/migrations"

export class Migration20261121182000 extends Migration {
  override async up(): Promise<void> {
    // Which client id got an older grant is not known: null.
    this.addSql(
      `alter table if exists "social_platform" add column if not exists "granted_client_id" text null, add column if not exists "grant_ended_at" timestamptz null, add column if not exists "refresh_lease_token" text null, add column if not exists "refresh_lease_until" timestamptz null;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_platform_grant_ended_at" ON "social_platform" ("grant_ended_at") WHERE grant_ended_at IS NOT NULL AND deleted_at IS NULL;`
    )
    this.addSql(
      `alter table if exists "social_credential_event" add column if not exists "count" integer not null default 1, add column if not exists "last_at" timestamptz null;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_credential_event_created_at" ON "social_credential_event" ("created_at") WHERE deleted_at IS NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `drop index if exists "IDX_social_credential_event_created_at";`
    )
    this.addSql(
      `alter table if exists "social_credential_event" drop column if exists "count", drop column if exists "last_at";`
    )
    this.addSql(`drop index if exists "IDX_social_platform_grant_ended_at";`)
    this.addSql(
      `alter table if exists "social_platform" drop column if exists "granted_client_id", drop column if exists "grant_ended_at", drop column if exists "refresh_lease_token", drop column if exists "refresh_lease_until";`
    )
  }
}
