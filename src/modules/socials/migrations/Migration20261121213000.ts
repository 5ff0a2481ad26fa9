import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/**
 * Gives publications what long work needs: parts, placements, variants,
 * settings, a time before which nothing becomes public, and sealed checkpoints.
 *
 * Until now attempts counted claims, and a pending publication without a time
 * was due: rows of posts that are scheduled or being published get their time.
 */
export class Migration20261121213000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "social_checkpoint" ("id" text not null, "content" jsonb not null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "social_checkpoint_pkey" primary key ("id"));`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_checkpoint_deleted_at" ON "social_checkpoint" ("deleted_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `alter table if exists "social_post" add column if not exists "parts" jsonb null;`
    )
    this.addSql(
      `alter table if exists "social_account" add column if not exists "facts" jsonb null, add column if not exists "facts_at" timestamptz null, add column if not exists "default_settings" jsonb null;`
    )
    this.addSql(
      `alter table if exists "social_publication"
         add column if not exists "placement" text not null default 'feed',
         add column if not exists "variant" jsonb null,
         add column if not exists "settings" jsonb null,
         add column if not exists "publish_at" timestamptz null,
         add column if not exists "due_since" timestamptz null,
         add column if not exists "handed_out_at" timestamptz null,
         add column if not exists "waiting" jsonb null,
         add column if not exists "armed_part" integer null,
         add column if not exists "parts" jsonb null,
         drop constraint if exists "social_publication_state_check",
         add constraint "social_publication_state_check" check ("state" in ('pending', 'waiting', 'publishing', 'published', 'handed_over', 'failed', 'unknown', 'overdue'));`
    )
    this.addSql(
      `drop index if exists "IDX_social_publication_post_account_unique";`
    )
    this.addSql(
      `drop index if exists "IDX_social_publication_state_next_attempt_at";`
    )
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_social_publication_post_account_placement_unique" ON "social_publication" ("post_id", "account_id", "placement") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_publication_due" ON "social_publication" ("next_attempt_at") WHERE deleted_at IS NULL AND next_attempt_at IS NOT NULL;`
    )
    this.addSql(
      `update "social_publication" set "armed_part" = 0 where "armed_at" is not null and "state" in ('publishing', 'unknown');`
    )
    this.addSql(
      `update "social_publication" set "armed_at" = null, "recovery" = null where "state" not in ('publishing', 'unknown');`
    )
    this.addSql(
      `update "social_publication" set "parts" = jsonb_build_array(jsonb_build_object('part', 0, 'external_id', "external_id", 'url', "external_url", 'published_at', "published_at"))
       where "state" = 'published';`
    )
    this.addSql(
      `update "social_publication" publication
       set "publish_at" = post."scheduled_at",
           "next_attempt_at" = coalesce(publication."next_attempt_at", post."scheduled_at", now()),
           "due_since" = now()
       from "social_post" post
       where post."id" = publication."post_id" and publication."state" = 'pending'
         and post."status" in ('scheduled', 'publishing');`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "social_checkpoint" cascade;`)
    this.addSql(
      `alter table if exists "social_post" drop column if exists "parts";`
    )
    this.addSql(
      `alter table if exists "social_account" drop column if exists "facts", drop column if exists "facts_at", drop column if exists "default_settings";`
    )
    this.addSql(
      `update "social_publication" set "state" = 'pending' where "state" = 'waiting';`
    )
    this.addSql(
      `update "social_publication" set "state" = 'unknown' where "state" in ('handed_over', 'overdue');`
    )
    this.addSql(
      `drop index if exists "IDX_social_publication_post_account_placement_unique";`
    )
    this.addSql(`drop index if exists "IDX_social_publication_due";`)
    this.addSql(
      `alter table if exists "social_publication"
         drop column if exists "placement", drop column if exists "variant", drop column if exists "settings",
         drop column if exists "publish_at", drop column if exists "due_since", drop column if exists "handed_out_at",
         drop column if exists "waiting", drop column if exists "armed_part", drop column if exists "parts",
         drop constraint if exists "social_publication_state_check",
         add constraint "social_publication_state_check" check ("state" in ('pending', 'publishing', 'published', 'failed', 'unknown'));`
    )
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_social_publication_post_account_unique" ON "social_publication" ("post_id", "account_id") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_publication_state_next_attempt_at" ON "social_publication" ("state", "next_attempt_at") WHERE deleted_at IS NULL;`
    )
  }
}
