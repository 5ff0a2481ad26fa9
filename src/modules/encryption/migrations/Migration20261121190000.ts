import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/** Columns of the application's own tables that an import has filled with envelopes. */
export class Migration20261121190000 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `create table if not exists "encryption_column" (
        "table_name" text not null,
        "column_name" text not null,
        "id_column" text not null,
        "created_at" timestamptz not null default now(),
        constraint "encryption_column_pkey" primary key ("table_name", "column_name")
      );`
    )
  }

  override async down(): Promise<void> {
    this.addSql(`drop table if exists "encryption_column" cascade;`)
  }
}
