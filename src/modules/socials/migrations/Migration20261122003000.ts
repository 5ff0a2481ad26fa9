import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Keeps until when the service of an account takes no more posts for it. */
export class Migration20261122003000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `alter table if exists "social_account" add column if not exists "held_until" timestamptz null;`
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `alter table if exists "social_account" drop column if exists "held_until";`
    )
  }
}
