export const listSocialPlatformEventsTransformQueryConfig = {
  isList: true,
  entity: "social_credential_event",
}
