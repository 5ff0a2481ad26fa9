import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Keeps what services tell of posts and accounts over time, and when a publication was removed again. */
export class Migration20261121222000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "social_metric" ("id" text not null, "account_id" text not null, "publication_id" text null, "name" text not null, "value" double precision not null, "measured_at" timestamptz not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "social_metric_pkey" primary key ("id"));`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_metric_deleted_at" ON "social_metric" ("deleted_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_metric_publication_id_measured_at" ON "social_metric" ("publication_id", "measured_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_metric_account_id_measured_at" ON "social_metric" ("account_id", "measured_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `alter table if exists "social_publication" add column if not exists "metrics_due_at" timestamptz null, add column if not exists "removed_at" timestamptz null;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_publication_metrics_due" ON "social_publication" ("metrics_due_at") WHERE deleted_at IS NULL AND metrics_due_at IS NOT NULL;`
    )
    this.addSql(
      `alter table if exists "social_account" add column if not exists "metrics_due_at" timestamptz null;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_account_metrics_due" ON "social_account" ("metrics_due_at") WHERE deleted_at IS NULL AND metrics_due_at IS NOT NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "social_metric" cascade;`)
    this.addSql(
      `alter table if exists "social_publication" drop column if exists "metrics_due_at", drop column if exists "removed_at";`
    )
    this.addSql(
      `alter table if exists "social_account" drop column if exists "metrics_due_at";`
    )
  }
}
