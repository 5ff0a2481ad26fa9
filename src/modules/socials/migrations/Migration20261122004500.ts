import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/**
 * What a handler has changed of a publication, comments that came later, what a
 * network has taken down, and the language of a post.
 */
export class Migration20261122004500 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "social_publication" add column if not exists "changed_content" jsonb null, add column if not exists "comments" jsonb null, add column if not exists "removed_by_network" jsonb null;`
    )
    this.addSql(
      `alter table if exists "social_post" add column if not exists "language" text null;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `alter table if exists "social_publication" drop column if exists "changed_content", drop column if exists "comments", drop column if exists "removed_by_network";`
    )
    this.addSql(
      `alter table if exists "social_post" drop column if exists "language";`
    )
  }
}
