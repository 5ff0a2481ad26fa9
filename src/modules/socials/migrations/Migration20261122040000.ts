import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Keeps what services tell by themselves until it is worked on, and knows it again. */
export class Migration20261122040000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "social_callback" ("id" text not null, "provider" text not null, "digest" text not null, "events" jsonb null, "platform_ids" text[] null, "told_at" timestamptz null, "attempts" integer not null default 0, "due_at" timestamptz null, "handled_at" timestamptz null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "social_callback_pkey" primary key ("id"));`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_callback_deleted_at" ON "social_callback" ("deleted_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_social_callback_digest_unique" ON "social_callback" ("digest") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_callback_due_at" ON "social_callback" ("due_at") WHERE due_at IS NOT NULL AND deleted_at IS NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "social_callback" cascade;`)
  }
}
