import {
  closed,
  COUNT_IN_QUERY,
  FLAG,
  FLAG_IN_QUERY,
  type Schema,
  type Specification,
  TEXT,
} from "../specification"

const snippet = closed(
  {
    title: { type: "string", minLength: 1, maxLength: 100 },
    description: TEXT,
    tags: { type: "array", items: TEXT },
    categoryId: TEXT,
    defaultLanguage: TEXT,
    defaultAudioLanguage: TEXT,
  },
  ["title"]
)

const status = closed(
  {
    privacyStatus: { enum: ["public", "unlisted", "private"] },
    selfDeclaredMadeForKids: FLAG,
    containsSyntheticMedia: FLAG,
    embeddable: FLAG,
    license: { enum: ["youtube", "creativeCommon"] },
  },
  ["privacyStatus", "selfDeclaredMadeForKids"]
)

const json = (schema: Schema) => ({ "application/json": schema })

/** Bytes, which no schema looks into. */
const BYTES: Schema = {}

/** Written from the API's discovery document. */
export const youtubeSpecification: Specification = {
  source: "YouTube Data API v3, discovery document of 2026-09-24",
  operations: [
    {
      call: "GET /youtube/v3/channels",
      query: { part: TEXT, mine: FLAG_IN_QUERY },
    },
    {
      call: "GET /youtube/v3/videoCategories",
      query: { part: TEXT, regionCode: TEXT },
    },
    {
      call: "GET /youtube/v3/playlists",
      query: {
        part: TEXT,
        mine: FLAG_IN_QUERY,
        maxResults: COUNT_IN_QUERY,
        pageToken: TEXT,
      },
    },
    {
      call: "POST /upload/youtube/v3/videos",
      query: {
        part: TEXT,
        uploadType: { const: "resumable" },
        notifySubscribers: FLAG_IN_QUERY,
      },
      body: json(closed({ snippet, status }, ["snippet", "status"])),
    },
    {
      call: "PUT /upload/youtube/v3/videos",
      query: { uploadType: TEXT, upload_id: TEXT },
      body: { "video/mp4": BYTES },
    },
    { call: "GET /youtube/v3/videos", query: { part: TEXT, id: TEXT } },
    {
      call: "POST /upload/youtube/v3/thumbnails/set",
      query: { uploadType: { const: "media" }, videoId: TEXT },
      body: { "image/jpeg": BYTES, "image/png": BYTES },
    },
    {
      call: "GET /youtube/v3/playlistItems",
      query: {
        part: TEXT,
        playlistId: TEXT,
        videoId: TEXT,
        maxResults: COUNT_IN_QUERY,
      },
    },
    {
      call: "POST /youtube/v3/playlistItems",
      query: { part: TEXT },
      body: json(
        closed({
          snippet: closed({
            playlistId: TEXT,
            position: { type: "integer" },
            resourceId: closed({ kind: TEXT, videoId: TEXT }),
          }),
        })
      ),
    },
    {
      call: "PUT /youtube/v3/videos",
      query: { part: TEXT },
      // An update of a snippet needs its title and its category.
      body: json(
        closed(
          {
            id: TEXT,
            snippet: { ...snippet, required: ["title", "categoryId"] },
            status,
          },
          ["id", "snippet", "status"]
        )
      ),
    },
    { call: "DELETE /youtube/v3/videos", query: { id: TEXT } },
  ],
}

const date = closed(
  Object.fromEntries(
    ["year", "month", "day"].map((name) => [name, { type: "integer" }])
  ),
  ["year", "month", "day"]
)

const time = closed(
  Object.fromEntries(
    ["hours", "minutes", "seconds", "nanos"].map((name) => [
      name,
      { type: "integer" },
    ])
  )
)

const POSTS = "/v4/accounts/{account}/locations/{location}/localPosts"

/** Written from the reference of `localPosts` and the other APIs' discovery documents. */
export const businessProfileSpecification: Specification = {
  source:
    "Google My Business API v4; My Business Account Management and Business Information APIs v1",
  operations: [
    {
      call: "GET /v1/accounts",
      query: { pageSize: COUNT_IN_QUERY, pageToken: TEXT },
    },
    {
      call: "GET /v1/accounts/{account}/locations",
      query: { readMask: TEXT, pageSize: COUNT_IN_QUERY, pageToken: TEXT },
    },
    {
      call: `GET ${POSTS}`,
      query: { pageSize: COUNT_IN_QUERY, pageToken: TEXT },
    },
    {
      call: `POST ${POSTS}`,
      body: json(
        closed(
          {
            languageCode: TEXT,
            summary: { type: "string", maxLength: 1500 },
            topicType: { enum: ["STANDARD", "EVENT", "OFFER", "ALERT"] },
            callToAction: closed(
              {
                actionType: {
                  enum: [
                    "BOOK",
                    "ORDER",
                    "SHOP",
                    "LEARN_MORE",
                    "SIGN_UP",
                    "CALL",
                  ],
                },
                url: TEXT,
              },
              ["actionType"]
            ),
            media: {
              type: "array",
              items: closed(
                { mediaFormat: { const: "PHOTO" }, sourceUrl: TEXT },
                ["mediaFormat", "sourceUrl"]
              ),
            },
            event: closed(
              {
                title: TEXT,
                schedule: closed(
                  {
                    startDate: date,
                    startTime: time,
                    endDate: date,
                    endTime: time,
                  },
                  ["startDate", "endDate"]
                ),
              },
              ["title", "schedule"]
            ),
            offer: closed({
              couponCode: TEXT,
              redeemOnlineUrl: TEXT,
              termsConditions: TEXT,
            }),
          },
          ["topicType"]
        )
      ),
    },
    { call: `GET ${POSTS}/{post}` },
    { call: `DELETE ${POSTS}/{post}` },
  ],
}
