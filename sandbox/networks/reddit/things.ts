import { shownAt } from "./media"
import {
  type Community,
  type State,
  type StoredComment,
  type StoredPost,
  USER,
} from "./state"

const slugOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 50)

export const permalinkOf = ({ subreddit, id, title }: StoredPost): string =>
  `/r/${subreddit}/comments/${id}/${slugOf(title)}/`

/** A post as lists have it. */
export const postThing = (state: State, post: StoredPost, url: string) => {
  const shown = post.files[0] ? shownAt(state, post.files[0].asset, url) : null
  const address =
    post.kind === "self"
      ? `${url}${permalinkOf(post)}`
      : post.kind === "gallery"
        ? `${url}/gallery/${post.id}`
        : (shown ?? post.url)
  return {
    kind: "t3",
    data: {
      id: post.id,
      name: `t3_${post.id}`,
      subreddit: post.subreddit,
      author: post.is_deleted ? "[deleted]" : USER.name,
      title: post.title,
      selftext: post.text,
      is_self: post.kind === "self",
      is_video: post.kind.startsWith("video"),
      ...(post.kind === "gallery" && {
        is_gallery: true,
        media_metadata: Object.fromEntries(
          post.files.map(({ asset }) => [
            asset,
            { status: "valid", e: "Image", id: asset },
          ])
        ),
      }),
      url: address,
      permalink: permalinkOf(post),
      created_utc: post.created_utc,
      over_18: post.nsfw,
      spoiler: post.spoiler,
      link_flair_template_id: post.flair,
      score: post.score,
      upvote_ratio: post.upvote_ratio,
      num_comments: state.comments.filter(
        ({ parent }) => parent === `t3_${post.id}`
      ).length,
      removed_by_category: post.is_deleted
        ? "deleted"
        : post.removed_by_category,
    },
  }
}

export const commentThing = (state: State, comment: StoredComment) => {
  const post = state.posts.find(({ id }) => `t3_${id}` === comment.parent)
  return {
    kind: "t1",
    data: {
      id: comment.id,
      name: `t1_${comment.id}`,
      parent_id: comment.parent,
      link_id: comment.parent,
      subreddit: post?.subreddit,
      author: comment.is_deleted ? "[deleted]" : USER.name,
      body: comment.is_deleted ? "[deleted]" : comment.text,
      // Of a comment that nobody has answered.
      replies: "",
      permalink: post ? `${permalinkOf(post)}${comment.id}/` : undefined,
      created_utc: comment.created_utc,
      score: 1,
    },
  }
}

/** A community as `about` and lists have it. */
export const aboutThing = (community: Community) => ({
  kind: "t5",
  data: {
    display_name: community.name,
    display_name_prefixed: `r/${community.name}`,
    title: community.title,
    subscribers: community.subscribers,
    subreddit_type: community.type,
    restrict_posting: community.type === "restricted",
    submission_type: community.takes,
    allow_images: community.images,
    allow_videos: community.videos,
    allow_galleries: community.galleries,
    over18: community.over18,
    user_is_banned: community.is_banned,
    user_is_muted: false,
    user_is_contributor: false,
    user_is_moderator: community.is_moderator,
    user_is_subscriber: community.is_member,
  },
})
