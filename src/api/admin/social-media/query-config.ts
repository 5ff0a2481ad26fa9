export const socialMediaFields = [
  "id",
  "file_id",
  "source_url",
  "name",
  "kind",
  "content_type",
  "bytes",
  "sha256",
  "width",
  "height",
  "duration_ms",
  "frame_rate",
  "video_codec",
  "audio_codec",
  "alt_text",
  "poster",
  "created_by",
  "fetches",
  "created_at",
  "updated_at",
]

export const retrieveSocialMediaTransformQueryConfig = {
  defaults: socialMediaFields,
  allowed: socialMediaFields,
  isList: false,
  entity: "social_media",
}

/** Without who fetched each: that is long. */
export const listSocialMediaTransformQueryConfig = {
  ...retrieveSocialMediaTransformQueryConfig,
  defaults: socialMediaFields.filter((field) => field !== "fetches"),
  isList: true,
  defaultLimit: 20,
}
