import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/**
 * Platforms at an address of their own get a redirect URI of their own. Those
 * that exist keep the one that is registered at their service.
 */
export class Migration20261121190500 extends Migration {
  override async up(): Promise<void> {
    this.addSql(
      `update "social_platform" set "api_config" = coalesce("api_config", '{}'::jsonb) || '{"shared_redirect_uri": true}'::jsonb where "auth_type" = 'oauth2' and ("base_url" is not null or "api_config"::text ~* '"http(s|)://');`
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `update "social_platform" set "api_config" = "api_config" - 'shared_redirect_uri' where jsonb_exists("api_config", 'shared_redirect_uri');`
    )
  }
}
