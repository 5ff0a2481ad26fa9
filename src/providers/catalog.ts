import { amazonAdsProvider } from "./amazon-ads/provider"
import { blueskyProvider } from "./bluesky/provider"
import { discordProvider } from "./discord/provider"
import { discordWebhookProvider } from "./discord/webhook"
import { genericOAuth1Provider } from "./generic/oauth1"
import { genericOAuth2Provider } from "./generic/oauth2"
import { genericProvider } from "./generic/provider"
import { giteaProvider } from "./git/gitea"
import { githubProvider } from "./git/github"
import { gitlabProvider } from "./git/gitlab"
import { businessProfileProvider } from "./google/business-profile/provider"
import { youtubeProvider } from "./google/youtube/provider"
import { linkedinProvider } from "./linkedin/provider"
import { mastodonProvider } from "./mastodon/provider"
import { facebookProvider } from "./meta/facebook/provider"
import {
  instagramLoginProvider,
  instagramProvider,
} from "./meta/instagram/provider"
import { metaSystemUserProvider } from "./meta/system-user/provider"
import { threadsProvider } from "./meta/threads/provider"
import { pinterestProvider } from "./pinterest/provider"
import { redditProvider } from "./reddit/provider"
import { sandboxProvider } from "./sandbox/provider"
import { serviceProvider } from "./service-template"
import { ANALYTICS_TEMPLATES } from "./templates/analytics"
import { AUTHENTICATION_TEMPLATES } from "./templates/authentication"
import { COMMUNICATION_TEMPLATES } from "./templates/communication"
import { CRM_TEMPLATES } from "./templates/crm"
import { EMAIL_TEMPLATES } from "./templates/email"
import { OTHER_TEMPLATES } from "./templates/other"
import { PAYMENT_TEMPLATES } from "./templates/payment"
import { SHIPPING_TEMPLATES } from "./templates/shipping"
import { SMS_TEMPLATES } from "./templates/sms"
import { STORAGE_TEMPLATES } from "./templates/storage"
import type { ServiceTemplate } from "./templates/support/types"
import { telegramProvider } from "./telegram/provider"
import { tiktokProvider } from "./tiktok/provider"
import type { SocialProvider } from "./types"
import { wordpressProvider } from "./wordpress/provider"
import { xProvider } from "./x/provider"

/** Services that need no code of their own. */
export const SERVICE_TEMPLATES: readonly ServiceTemplate[] = [
  ...PAYMENT_TEMPLATES,
  ...SHIPPING_TEMPLATES,
  ...EMAIL_TEMPLATES,
  ...SMS_TEMPLATES,
  ...COMMUNICATION_TEMPLATES,
  ...ANALYTICS_TEMPLATES,
  ...CRM_TEMPLATES,
  ...STORAGE_TEMPLATES,
  ...AUTHENTICATION_TEMPLATES,
  ...OTHER_TEMPLATES,
]

/** The providers that come with the plugin, as they are offered. Applications add theirs through its options. */
export const BUILT_IN_PROVIDERS: readonly SocialProvider[] = [
  sandboxProvider,
  blueskyProvider,
  mastodonProvider,
  facebookProvider,
  instagramProvider,
  instagramLoginProvider,
  threadsProvider,
  metaSystemUserProvider,
  pinterestProvider,
  youtubeProvider,
  businessProfileProvider,
  xProvider,
  linkedinProvider,
  tiktokProvider,
  githubProvider,
  gitlabProvider,
  giteaProvider,
  amazonAdsProvider,
  redditProvider,
  wordpressProvider,
  telegramProvider,
  discordProvider,
  discordWebhookProvider,
  ...SERVICE_TEMPLATES.map(serviceProvider),
  genericProvider,
  genericOAuth2Provider,
  genericOAuth1Provider,
]
