import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Keeps what accounts have of their own to be used with, sealed and apart from what is shown of them. */
export class Migration20261122005000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "social_account_credential" ("id" text not null, "content" jsonb not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "social_account_credential_pkey" primary key ("id"));`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_account_credential_deleted_at" ON "social_account_credential" ("deleted_at") WHERE deleted_at IS NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "social_account_credential" cascade;`)
  }
}
