import { Migration } from "@medusajs/framework/mikro-orm/migrations"

export class Migration20261121000658 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "social_account" ("id" text not null, "platform_id" text not null, "external_id" text not null, "kind" text not null, "name" text not null, "username" text null, "avatar_url" text null, "url" text null, "is_available" boolean not null default true, "metadata" jsonb null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "social_account_pkey" primary key ("id"));`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_account_deleted_at" ON "social_account" ("deleted_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_social_account_platform_external_unique" ON "social_account" ("platform_id", "external_id") WHERE deleted_at IS NULL;`
    )

    this.addSql(
      `create table if not exists "social_credential_event" ("id" text not null, "platform_id" text not null, "type" text not null, "actor_id" text null, "details" jsonb null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "social_credential_event_pkey" primary key ("id"));`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_credential_event_deleted_at" ON "social_credential_event" ("deleted_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_credential_event_platform_id_created_at" ON "social_credential_event" ("platform_id", "created_at") WHERE deleted_at IS NULL;`
    )

    this.addSql(
      `create table if not exists "social_oauth_session" ("id" text not null, "state_hash" text not null, "platform_id" text not null, "provider" text not null, "actor_id" text not null, "redirect_uri" text not null, "scopes" text[] not null, "code_verifier_encrypted" jsonb null, "expires_at" timestamptz not null, "consumed_at" timestamptz null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "social_oauth_session_pkey" primary key ("id"));`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_oauth_session_deleted_at" ON "social_oauth_session" ("deleted_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_social_oauth_session_state_hash_unique" ON "social_oauth_session" ("state_hash") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_oauth_session_platform_id" ON "social_oauth_session" ("platform_id") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_oauth_session_expires_at" ON "social_oauth_session" ("expires_at") WHERE deleted_at IS NULL;`
    )

    this.addSql(
      `create table if not exists "social_platform" ("id" text not null, "name" text not null, "description" text null, "provider" text not null, "category" text check ("category" in ('social', 'payment', 'shipping', 'email', 'sms', 'analytics', 'crm', 'storage', 'communication', 'authentication', 'other')) not null default 'social', "auth_type" text check ("auth_type" in ('oauth2', 'oauth1', 'api_key', 'bearer', 'basic')) not null default 'oauth2', "status" text check ("status" in ('active', 'inactive', 'error', 'pending')) not null default 'active', "icon_url" text null, "base_url" text null, "tenant_id" text null, "identifier" text null, "api_config" jsonb null, "credentials_version" integer not null default 0, "key_version" integer null, "scopes" text[] null, "connected_at" timestamptz null, "token_expires_at" timestamptz null, "refresh_token_expires_at" timestamptz null, "next_refresh_at" timestamptz null, "last_used_at" timestamptz null, "last_refreshed_at" timestamptz null, "last_synced_at" timestamptz null, "token_validity" text check ("token_validity" in ('true', 'false', 'unknown')) not null default 'unknown', "last_error" jsonb null, "consecutive_failures" integer not null default 0, "profile" jsonb null, "metadata" jsonb null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "social_platform_pkey" primary key ("id"), constraint social_platform_credentials_version_check check (credentials_version >= 0));`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_platform_deleted_at" ON "social_platform" ("deleted_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_platform_category" ON "social_platform" ("category") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_platform_status" ON "social_platform" ("status") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_platform_provider" ON "social_platform" ("provider") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_platform_token_expires_at" ON "social_platform" ("token_expires_at") WHERE token_expires_at IS NOT NULL AND deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_platform_key_version" ON "social_platform" ("key_version") WHERE key_version IS NOT NULL AND deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_social_platform_tenant_provider_identifier_unique" ON "social_platform" ("tenant_id", "provider", "identifier") WHERE tenant_id IS NOT NULL AND identifier IS NOT NULL AND deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_social_platform_provider_identifier_unique" ON "social_platform" ("provider", "identifier") WHERE tenant_id IS NULL AND identifier IS NOT NULL AND deleted_at IS NULL;`
    )

    this.addSql(
      `create table if not exists "social_post" ("id" text not null, "caption" text not null, "link" text null, "media" jsonb null, "status" text check ("status" in ('draft', 'scheduled', 'publishing', 'published', 'partially_published', 'failed', 'needs_attention')) not null default 'draft', "scheduled_at" timestamptz null, "published_at" timestamptz null, "created_by" text null, "metadata" jsonb null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "social_post_pkey" primary key ("id"));`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_post_deleted_at" ON "social_post" ("deleted_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_post_status" ON "social_post" ("status") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_post_scheduled_at" ON "social_post" ("scheduled_at") WHERE scheduled_at IS NOT NULL AND deleted_at IS NULL;`
    )

    this.addSql(
      `create table if not exists "social_publication" ("id" text not null, "post_id" text not null, "account_id" text not null, "state" text check ("state" in ('pending', 'publishing', 'published', 'failed', 'unknown')) not null default 'pending', "external_id" text null, "external_url" text null, "attempts" integer not null default 0, "next_attempt_at" timestamptz null, "lease_token" text null, "lease_expires_at" timestamptz null, "armed_at" timestamptz null, "recovery" jsonb null, "last_error" jsonb null, "published_at" timestamptz null, "created_at" timestamptz not null default now(), "updated_at" timestamptz not null default now(), "deleted_at" timestamptz null, constraint "social_publication_pkey" primary key ("id"));`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_publication_post_id" ON "social_publication" ("post_id") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_publication_deleted_at" ON "social_publication" ("deleted_at") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE UNIQUE INDEX IF NOT EXISTS "IDX_social_publication_post_account_unique" ON "social_publication" ("post_id", "account_id") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_publication_account_id" ON "social_publication" ("account_id") WHERE deleted_at IS NULL;`
    )
    this.addSql(
      `CREATE INDEX IF NOT EXISTS "IDX_social_publication_state_next_attempt_at" ON "social_publication" ("state", "next_attempt_at") WHERE deleted_at IS NULL;`
    )

    this.addSql(
      `alter table if exists "social_publication" add constraint "social_publication_post_id_foreign" foreign key ("post_id") references "social_post" ("id") on update cascade on delete cascade;`
    )

    // By hand: these columns have no relation in the models, so that Query cannot
    // walk from a linked product to a platform's credentials.
    this.addSql(
      `alter table if exists "social_account" add constraint "social_account_platform_id_foreign" foreign key ("platform_id") references "social_platform" ("id") on update cascade on delete cascade;`
    )
    this.addSql(
      `alter table if exists "social_oauth_session" add constraint "social_oauth_session_platform_id_foreign" foreign key ("platform_id") references "social_platform" ("id") on update cascade on delete cascade;`
    )
    this.addSql(
      `alter table if exists "social_publication" add constraint "social_publication_account_id_foreign" foreign key ("account_id") references "social_account" ("id") on update cascade;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "social_account" cascade;`)

    this.addSql(`drop table if exists "social_credential_event" cascade;`)

    this.addSql(`drop table if exists "social_oauth_session" cascade;`)

    this.addSql(`drop table if exists "social_platform" cascade;`)

    this.addSql(`drop table if exists "social_post" cascade;`)

    this.addSql(`drop table if exists "social_publication" cascade;`)
  }
}
