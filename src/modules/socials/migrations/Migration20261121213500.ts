import { Migration } from "@medusajs/framework/mikro-orm/migrations"

export class Migration20261121213500 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "social_media" ("id" text not null, "file_id" text null, "source_url" text null, "owns_file" boolean not null default false, "name" text not null, "kind" text check ("kind" in ('image', 'gif', 'video', 'document')) not null, "content_type" text not null, "bytes" integer not null, "sha256" text null, "etag" text null, "width" integer null, "height" integer null, "duration_ms" integer null, "frame_rate" real null, "video_codec" text null, "audio_codec" text null, "alt_text" text null, "poster" jsonb null, "rendition_of" text null, "preset" text null, "created_by" text null, "fetches" jsonb null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "social_media_pkey" primary key ("id"));`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_media_deleted_at" ON "social_media" ("deleted_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_social_media_rendition_unique" ON "social_media" ("rendition_of", "preset") WHERE rendition_of IS NOT NULL AND deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_media_created_at" ON "social_media" ("created_at") WHERE deleted_at IS NULL;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "social_media" cascade;`)
  }
}
