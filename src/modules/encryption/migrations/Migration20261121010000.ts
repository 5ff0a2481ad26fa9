import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/**
 * The key registry and the policy floor. They have no models on purpose: what
 * has no model cannot be reached through Query.
 */
export class Migration20261121010000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "encryption_key" (
        "version" integer not null,
        "kid" text not null,
        "state" text check ("state" in ('pending', 'active', 'decrypt_only', 'retired')) not null,
        "encrypt_count" bigint not null default 0,
        "created_at" timestamptz not null default now(),
        "promoted_at" timestamptz null,
        "retired_at" timestamptz null,
        constraint "encryption_key_pkey" primary key ("version"),
        constraint "encryption_key_version_check" check ("version" between 1 and 32767)
      );`
    )
    this.addSql(
      `create unique index if not exists "IDX_encryption_key_kid_unique" on "encryption_key" ("kid");`
    )
    this.addSql(
      `create unique index if not exists "IDX_encryption_key_active_unique" on "encryption_key" ("state") where "state" = 'active';`
    )
    this.addSql(
      `create table if not exists "encryption_policy_floor" (
        "id" integer not null default 1,
        "reading" text check ("reading" in ('migrate', 'warn', 'require-encrypted')) not null default 'migrate',
        "minimum_envelope_format" integer check ("minimum_envelope_format" in (1, 2)) not null default 1,
        "updated_at" timestamptz not null default now(),
        constraint "encryption_policy_floor_pkey" primary key ("id"),
        constraint "encryption_policy_floor_one_row_check" check ("id" = 1)
      );`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "encryption_key" cascade;`)
    this.addSql(`drop table if exists "encryption_policy_floor" cascade;`)
  }
}
