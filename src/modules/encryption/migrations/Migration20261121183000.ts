import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/**
 * The signature of the key registry, the processes that have keys, the audit
 * trail of what is done with keys, and the place of keys that the plugin has
 * had made by a key management service.
 *
 * A registry from before has no signature: revision 0 says so, and the next
 * start signs what it finds.
 */
export class Migration20261121183000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "encryption_registry" (
        "id" integer not null default 1,
        "revision" bigint not null default 0,
        "mac" text null,
        "mac_key_version" integer null,
        "signed_at" timestamptz null,
        constraint "encryption_registry_pkey" primary key ("id"),
        constraint "encryption_registry_one_row_check" check ("id" = 1)
      );`
    )
    this.addSql(
      `insert into "encryption_registry" ("id") values (1) on conflict do nothing;`
    )
    this.addSql(
      `alter table "encryption_key" add column if not exists "wrapped" text null, add column if not exists "kek_id" text null;`
    )
    this.addSql(
      `create table if not exists "encryption_process" (
        "id" text not null,
        "host" text not null,
        "pid" integer not null,
        "keys" jsonb not null,
        "refusal" text null,
        "started_at" timestamptz not null default now(),
        "seen_at" timestamptz not null default now(),
        constraint "encryption_process_pkey" primary key ("id")
      );`
    )
    this.addSql(
      `create table if not exists "encryption_event" (
        "id" bigint generated always as identity,
        "type" text not null,
        "actor_id" text null,
        "details" jsonb null,
        "created_at" timestamptz not null default now(),
        constraint "encryption_event_pkey" primary key ("id")
      );`
    )
    this.addSql(
      `create or replace function "encryption_event_is_append_only"() returns trigger language plpgsql as
       'begin raise exception ''encryption_event is append-only''; end';`
    )
    this.addSql(
      `create or replace trigger "encryption_event_append_only" before update or delete on "encryption_event" for each row execute function "encryption_event_is_append_only"();`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "encryption_event" cascade;`)
    this.addSql(`drop function if exists "encryption_event_is_append_only";`)
    this.addSql(`drop table if exists "encryption_process" cascade;`)
    this.addSql(
      `alter table "encryption_key" drop column if exists "wrapped", drop column if exists "kek_id";`
    )
    this.addSql(`drop table if exists "encryption_registry" cascade;`)
  }
}
