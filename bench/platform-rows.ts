/*
 * 100,000 platforms of ten providers, of which 2 % fail, and as many products.
 */

const ROWS = 100_000

/** Refreshed hourly, but for those with a key; the envelopes have the size of real ones. */
export const SEED_PLATFORMS = [
  `INSERT INTO social_platform (
     id, name, provider, category, auth_type, status, api_config, credentials_version, key_version,
     token_expires_at, refresh_token_expires_at, next_refresh_at, connected_at, last_refreshed_at,
     token_validity, last_error, consecutive_failures, created_at, updated_at)
   SELECT 'splat_' || lpad(i::text, 8, '0'), 'Shop ' || i, provider, 'social', auth_type,
     CASE WHEN fails THEN 'error' ELSE 'active' END,
     CASE WHEN is_oauth
       THEN jsonb_build_object('client_id', 'client-' || i, 'access_token_encrypted', envelope,
                               'refresh_token_encrypted', envelope)
       ELSE jsonb_build_object('api_key_encrypted', envelope) END,
     1, 1,
     CASE WHEN is_oauth THEN now() + (600 + i % 3600) * interval '1 second' END,
     CASE WHEN is_oauth AND i % 3 = 0 THEN now() + interval '60 days' END,
     CASE WHEN is_oauth THEN now() + (i % 3600) * interval '1 second' END,
     now() - interval '3 days', now() - interval '1 hour', 'true',
     CASE WHEN fails
       THEN '{"class": "transient", "code": "http_503", "message": "Down", "at": "2026-01-01T00:00:00.000Z"}'::jsonb END,
     CASE WHEN fails THEN 3 ELSE 0 END, now() - i * interval '1 second', now()
   FROM generate_series(1, ${ROWS}) i,
     LATERAL (SELECT (ARRAY['github', 'gitlab', 'sandbox', 'slack', 'hubspot', 'zoho', 'generic',
                            'generic_oauth2', 'shopify', 'mailchimp'])[1 + i % 10] AS provider) named,
     LATERAL (SELECT provider <> 'generic' AS is_oauth, i % 50 = 0 AS fails) kind,
     LATERAL (SELECT CASE WHEN is_oauth THEN 'oauth2' ELSE 'api_key' END AS auth_type,
       jsonb_build_object('v', 2, 'iv', 'jvVFKoGDRUipESNW', 'kid', 'miM881_Zv851TiCvIsmaRQ',
         'authTag', 'LsUldqYCmcRsfoV77JA0bA==', 'encrypted', repeat(md5(i::text), 9),
         'keyVersion', 1, 'ctx', 2) AS envelope) made`,
  "VACUUM ANALYZE social_platform",
]

export const SEED_PRODUCTS = [
  `INSERT INTO product (id, title, handle, status, created_at, updated_at)
   SELECT 'prod_' || lpad(i::text, 8, '0'), 'Product ' || i, 'product-' || i,
     CASE WHEN i % 50 = 0 THEN 'draft' ELSE 'published' END, now() - i * interval '1 second', now()
   FROM generate_series(1, ${ROWS}) i`,
  "VACUUM ANALYZE product",
]
