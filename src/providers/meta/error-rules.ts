import type { ErrorRule } from "../../http/classify"

/*
 * What the Graph API's errors mean (Meta's guides "Handle errors" and "Rate
 * limits", and Instagram's and Threads' references of error codes).
 */

/** Limits are counted over an hour that moves; where no header says more, in s. */
const LIMIT_WAIT = 900

/** A day's posts free a place whenever one of yesterday gets older than a day, in s. */
const QUOTA_WAIT = 3600

const MEND_FILE = "Replace the file by one that fits."
const SUPPORT_INBOX = "Look into the account's support inbox at Meta."

/** The more precise ones: they come before the codes. */
const SUBCODES: readonly ErrorRule[] = [
  // The access has ended.
  {
    subcode: "459",
    errorClass: "token_invalid",
    next_action:
      "Log in at facebook.com to pass Meta's check. Then connect the platform again.",
  },
  {
    subcode: "464",
    errorClass: "token_invalid",
    next_action:
      "Confirm the account at facebook.com. Then connect the platform again.",
  },
  { subcode: /^(458|460|463|467|492)$/, errorClass: "token_invalid" },
  {
    subcode: "1404078",
    errorClass: "permission",
    next_action:
      "Complete the page publishing authorisation in the page's settings at Facebook.",
  },
  // Too much, or not ready yet.
  {
    subcode: "2207042",
    errorClass: "rate_limited",
    retry_after: QUOTA_WAIT,
    next_action: "The account has had its posts of the day.",
  },
  { subcode: "1390008", errorClass: "rate_limited", retry_after: LIMIT_WAIT },
  { subcode: "4279009", errorClass: "transient", retry_after: 10 },
  { subcode: /^(2207008|2207027)$/, errorClass: "transient", retry_after: 30 },
  {
    subcode:
      /^(1363047|1609010|2207001|2207003|2207020|2207032|2207053|2207082)$/,
    errorClass: "transient",
    retry_after: 60,
  },
  // The account may not.
  {
    subcode: "2207051",
    errorClass: "account_restricted",
    next_action:
      "Meta takes this for spam. Wait some hours, and publish less at a time.",
  },
  {
    subcode: "2207050",
    errorClass: "account_restricted",
    next_action:
      "Log in to the Instagram app, and do what it asks of the account.",
  },
  {
    subcode: /^(1404006|4279013|4854002)$/,
    errorClass: "account_restricted",
    next_action: "Log in to the account, and confirm who you are.",
  },
  {
    subcode: /^(1346003|1404102|1404112)$/,
    errorClass: "account_restricted",
    next_action: SUPPORT_INBOX,
  },
  // The post does not fit.
  {
    subcode: "2207004",
    errorClass: "content_rejected",
    next_action: "Use an image of less than 8 MB.",
  },
  {
    subcode: "2207005",
    errorClass: "content_rejected",
    next_action: "Use a JPEG.",
  },
  {
    subcode: "2207009",
    errorClass: "content_rejected",
    next_action: "Use an image between 4:5 and 1.91:1.",
  },
  {
    subcode: "2207010",
    errorClass: "content_rejected",
    next_action:
      "Shorten the text: up to 2200 characters, 30 hashtags and 20 mentions.",
  },
  {
    subcode: "2207026",
    errorClass: "content_rejected",
    next_action: "Use an MP4 or MOV file with H.264 or HEVC and AAC.",
  },
  {
    subcode: "2207028",
    errorClass: "content_rejected",
    next_action: "A carousel has from 2 to 10 images and videos.",
  },
  {
    subcode: /^(2207035|2207036|2207037|2207040)$/,
    errorClass: "content_rejected",
    next_action: "Change the product tags.",
  },
  {
    subcode: "2207057",
    errorClass: "content_rejected",
    next_action: "Choose a moment within the video as its cover.",
  },
  {
    subcode: "2207081",
    errorClass: "content_rejected",
    next_action: "This account has no trial reels.",
  },
  {
    subcode: /^(2207052|2207077|2061006)$/,
    errorClass: "content_rejected",
    next_action:
      "Meta could not fetch the file from the store. Check that the store's address can be reached from the internet.",
  },
  {
    subcode: /^(2207006|2207023|2069019|1366046)$/,
    errorClass: "content_rejected",
    next_action: MEND_FILE,
  },
  {
    subcode: "1366051",
    errorClass: "duplicate",
    next_action: "These photos were posted before.",
  },
  {
    subcode: /^(1609005|1609008)$/,
    errorClass: "content_rejected",
    next_action: "Change the link: Facebook makes no preview of this one.",
  },
  {
    subcode: "1349125",
    errorClass: "content_rejected",
    next_action: "Change the text.",
  },
]

const CODES: readonly ErrorRule[] = [
  // The token itself is what new ones are made from: once it has ended, nothing is.
  { code: /^(102|190)$/, errorClass: "token_invalid" },
  {
    pattern: /REVOKED_ACCESS_TOKEN|session has been invalidated/i,
    errorClass: "token_invalid",
  },
  {
    code: /^(3|10|2\d\d)$/,
    errorClass: "permission",
    next_action:
      "Connect the platform again, and allow everything it asks for.",
  },
  {
    code: /^(4|9|17|32|341|613|8000\d|80014)$/,
    errorClass: "rate_limited",
    retry_after: LIMIT_WAIT,
  },
  { code: /^(-1|-2|1|2)$/, errorClass: "transient" },
  {
    code: "368",
    errorClass: "account_restricted",
    next_action: SUPPORT_INBOX,
  },
  {
    code: "506",
    errorClass: "duplicate",
    next_action: "Change the text: the same was posted a moment ago.",
  },
  {
    code: /^(352|9004|36000|36001|36003)$/,
    errorClass: "content_rejected",
    next_action: MEND_FILE,
  },
  {
    code: "36004",
    errorClass: "content_rejected",
    next_action: "Shorten the text.",
  },
  // The version is part of every address; Meta answers thus once it has ended.
  {
    code: "2635",
    errorClass: "config_error",
    next_action: "Enter a newer version of the Graph API.",
  },
]

/** For those who only read: what Meta does not know is a wrong setting. */
export const META_ERROR_RULES: readonly ErrorRule[] = [
  ...SUBCODES,
  ...CODES,
  // An object or a parameter that Meta does not know, the app secret's proof among them.
  { code: /^(100|101|803)$/, errorClass: "config_error" },
]

/** For those who publish: what Meta does not know is most of all in the post. */
export const META_PUBLISHING_ERROR_RULES: readonly ErrorRule[] = [
  ...SUBCODES,
  ...CODES,
  {
    pattern: /appsecret_proof/i,
    errorClass: "config_error",
    next_action: "Enter the app secret from the app's basic settings again.",
  },
  {
    code: "101",
    errorClass: "config_error",
    next_action: "Compare the app ID with the app's basic settings.",
  },
  {
    subcode: "33",
    errorClass: "permission",
    next_action:
      "It is gone, or the platform may not see it any more: then connect it again.",
  },
  {
    code: /^(100|803)$/,
    errorClass: "content_rejected",
    next_action: "Change what Meta names.",
  },
]
