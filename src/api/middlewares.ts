import { defineMiddlewares } from "@medusajs/framework/http"
import { adminEncryptionRoutesMiddlewares } from "./admin/encryption/middlewares"
import { adminOauthRoutesMiddlewares } from "./admin/oauth/middlewares"
import { adminSocialAccountRoutesMiddlewares } from "./admin/social-accounts/middlewares"
import { adminSocialMediaRoutesMiddlewares } from "./admin/social-media/middlewares"
import { adminSocialPlatformEventsRoutesMiddlewares } from "./admin/social-platforms/[id]/events/middlewares"
import { adminSocialPlatformRoutesMiddlewares } from "./admin/social-platforms/middlewares"
import { adminSocialPostRoutesMiddlewares } from "./admin/social-posts/middlewares"
import { adminSocialProviderRoutesMiddlewares } from "./admin/social-providers/middlewares"
import { adminSocialsHealthRoutesMiddlewares } from "./admin/socials/health/middlewares"
import { adminSyncPlatformDataRoutesMiddlewares } from "./admin/socials/sync-platform-data/middlewares"
import { oauthRoutesMiddlewares } from "./oauth/middlewares"
import { socialCallbackRoutesMiddlewares } from "./social-callbacks/middlewares"
import { socialMediaRoutesMiddlewares } from "./social-media/middlewares"
import { wellFormedInputMiddlewares } from "./utils/well-formed-input"

export default defineMiddlewares({
  routes: [
    ...wellFormedInputMiddlewares,
    ...adminSocialPlatformRoutesMiddlewares,
    ...adminSocialPlatformEventsRoutesMiddlewares,
    ...adminSocialProviderRoutesMiddlewares,
    ...adminSocialAccountRoutesMiddlewares,
    ...adminSocialMediaRoutesMiddlewares,
    ...adminSocialPostRoutesMiddlewares,
    ...adminSyncPlatformDataRoutesMiddlewares,
    ...adminSocialsHealthRoutesMiddlewares,
    ...adminOauthRoutesMiddlewares,
    ...adminEncryptionRoutesMiddlewares,
    ...oauthRoutesMiddlewares,
    ...socialMediaRoutesMiddlewares,
    ...socialCallbackRoutesMiddlewares,
  ],
})
