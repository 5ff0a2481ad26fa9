import { Migration } from "@medusajs/framework/mikro-orm/migrations"

/**
 * Canonical base64 (RFC 4648, section 4: no stray bits in front of the padding)
 * of ciphertext and tag. One regular expression that names many states would
 * cost more than all of these, for each value anew.
 */
const IS_CANONICAL = `
  octet_length(encrypted) % 4 = 0
  and (strpos(encrypted, '=') = 0 or substr(encrypted, octet_length(encrypted) - 2)
       ~ '^([A-Za-z0-9+/][AEIMQUYcgkosw048]=|[AQgw]==)$')
  and octet_length(tag) = 24 and substr(tag, 22) in ('A==', 'Q==', 'g==', 'w==')
  and rtrim(encrypted, '=') || left(tag, 22) || rtrim(iv, '=') !~ '[^A-Za-z0-9+/]'`

const IS_12_BYTES = "octet_length(iv) = 16 and strpos(iv, '=') = 0"

const IS_16_BYTES =
  "octet_length(iv) = 24 and substr(iv, 22) in ('A==', 'Q==', 'g==', 'w==')"

const IS_KID = `jsonb_typeof(value -> 'kid') = 'string' and octet_length(kid) = 22
  and right(kid, 1) in ('A', 'Q', 'g', 'w') and kid !~ '[^A-Za-z0-9_-]'`

/**
 * Lets the database note what each row holds, so that counting it reads no
 * ciphertext: a member for each key of `api_config` under which something is
 * stored, with
 *
 * - `plain` outside the places of envelopes
 * - `format/key version` for an envelope that is one beyond doubt, with `/old`
 *   after it unless it is bound to a tenant
 * - null for anything else in the place of an envelope: `inspectStored` judges
 *
 * A generated column, because it follows every write, by hand too.
 */
export class Migration20261121195900 extends Migration {
  override async up(): Promise<void> {
    this
      .addSql(`create or replace function "social_platform_shape"(config jsonb) returns jsonb
      language sql immutable parallel safe as $$
      select jsonb_object_agg(key, case
        when right(key, 10) <> '_encrypted' then 'plain'
        when jsonb_typeof(value) <> 'object' then null
        when value - '{v,encrypted,iv,authTag,keyVersion,kid,ctx}'::text[] <> '{}' then null
        when (jsonb_typeof(value -> 'encrypted') = 'string'
          and jsonb_typeof(value -> 'iv') = 'string'
          and jsonb_typeof(value -> 'authTag') = 'string'
          and jsonb_typeof(value -> 'keyVersion') = 'number'
          and value -> 'keyVersion' between '1' and '32767' and strpos(version, '.') = 0
          and ${IS_CANONICAL}) is not true then null
        when value -> 'v' = '2' and coalesce(value -> 'ctx', '2') = '2' and ${IS_12_BYTES} and ${IS_KID}
          then '2/' || version || case when jsonb_exists(value, 'ctx') then '' else '/old' end
        when not jsonb_exists_any(value, '{v,kid,ctx}') and (${IS_12_BYTES} or ${IS_16_BYTES})
          then '1/' || version || '/old'
      end)
      from (
        select key, value, value ->> 'encrypted' as encrypted, value ->> 'iv' as iv,
          value ->> 'authTag' as tag, value ->> 'keyVersion' as version, value ->> 'kid' as kid
        from jsonb_each(case when jsonb_typeof(config) = 'object' then config end)
        where jsonb_typeof(value) <> 'null' and value <> '""'
        offset 0) field $$;`)
    this.addSql(
      `alter table if exists "social_platform" add column if not exists "api_config_shape" jsonb generated always as ("social_platform_shape"("api_config")) stored;`
    )
    this.addSql(
      `create index if not exists "IDX_social_platform_unsettled" on "social_platform" ("id") where jsonb_path_match("api_config_shape", '$.* == null');`
    )
  }

  override async down(): Promise<void> {
    this.addSql(
      `alter table if exists "social_platform" drop column if exists "api_config_shape";`
    )
    this.addSql(
      `drop function if exists "social_platform_shape"(config jsonb);`
    )
  }
}
