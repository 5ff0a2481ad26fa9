import { failureIn } from "../../api-errors"
import { wordpressDescription } from "../description"

/** Responses as WordPress gives them: its REST API Handbook, and core's own tests. */
const RESPONSES: [
  status: number,
  code: string,
  message: string,
  errorClass: string,
  advice: RegExp,
][] = [
  [
    401,
    "incorrect_password",
    "The provided password is an invalid application password.",
    "token_invalid",
    /new application password/,
  ],
  [
    401,
    "invalid_username",
    "<strong>Error:</strong> Unknown username.",
    "token_invalid",
    /with the user name/,
  ],
  [
    401,
    "invalid_email",
    "Unknown email address.",
    "token_invalid",
    /with the user name/,
  ],
  [
    401,
    "application_passwords_disabled",
    "Application passwords are not available.",
    "config_error",
    /Switch application passwords on/,
  ],
  [
    401,
    "application_passwords_disabled_for_user",
    "Application passwords are not available for your account.",
    "config_error",
    /Switch application passwords on/,
  ],
  [
    401,
    "rest_not_logged_in",
    "You are not currently logged in.",
    "config_error",
    /strips the Authorization header/,
  ],
  [
    401,
    "rest_cannot_create",
    "Sorry, you are not allowed to create posts as this user.",
    "config_error",
    /strips the Authorization header/,
  ],
  [
    403,
    "rest_cannot_create",
    "Sorry, you are not allowed to create posts as this user.",
    "permission",
    /Author or Editor/,
  ],
  [
    400,
    "rest_cannot_create",
    "Sorry, you are not allowed to upload media on this site.",
    "permission",
    /Author or Editor/,
  ],
  [
    403,
    "rest_cannot_publish",
    "Sorry, you are not allowed to publish posts in this post type.",
    "permission",
    /Author or Editor/,
  ],
  [
    403,
    "rest_cannot_assign_term",
    "Sorry, you are not allowed to assign the provided terms.",
    "permission",
    /Author or Editor/,
  ],
  [
    403,
    "rest_cannot_edit",
    "Sorry, you are not allowed to edit this post.",
    "permission",
    /Author or Editor/,
  ],
  [
    403,
    "rest_forbidden",
    "Sorry, you are not allowed to do that.",
    "permission",
    /Author or Editor/,
  ],
  [
    403,
    "rest_forbidden_context",
    "Sorry, you are not allowed to edit posts in this post type.",
    "permission",
    /Author or Editor/,
  ],
  [
    403,
    "rest_user_cannot_delete_post",
    "Sorry, you are not allowed to delete this post.",
    "permission",
    /Author or Editor/,
  ],
  [
    404,
    "rest_no_route",
    "No route was found matching the URL and request method.",
    "config_error",
    /REST API is switched off/,
  ],
  [
    404,
    "rest_post_invalid_id",
    "Invalid post ID.",
    "content_rejected",
    /publish the post anew/,
  ],
  [
    400,
    "rest_upload_file_too_big",
    "This file is too big. Files must be less than 2048 KB in size.",
    "content_rejected",
    /smaller file/,
  ],
  [
    400,
    "rest_upload_limited_space",
    "Not enough space to upload. 10 KB needed.",
    "content_rejected",
    /smaller file/,
  ],
  [
    500,
    "rest_upload_sideload_error",
    "Sorry, you are not allowed to upload this file type.",
    "content_rejected",
    /another type of file/,
  ],
  [
    400,
    "rest_upload_image_type_not_supported",
    "The web server cannot generate responsive image sizes for this image.",
    "content_rejected",
    /another type of file/,
  ],
  [
    412,
    "rest_upload_hash_mismatch",
    "Content hash did not match expected.",
    "transient",
    /hash/,
  ],
  [
    500,
    "rest_upload_unknown_error",
    "Could not open file handle.",
    "transient",
    /handle/,
  ],
  [
    500,
    "db_insert_error",
    "Could not insert post into the database.",
    "transient",
    /database/,
  ],
  [
    400,
    "rest_invalid_featured_media",
    "Invalid featured media ID.",
    "content_rejected",
    /Change that setting/,
  ],
  [
    400,
    "empty_content",
    "Content, title, and excerpt are empty.",
    "content_rejected",
    /Change that setting/,
  ],
  [
    501,
    "rest_trash_not_supported",
    "The post does not support trashing.",
    "config_error",
    /has no trash/,
  ],
]

const failureOf = (response: Response, text: string) =>
  failureIn(wordpressDescription, response, text)!

describe("what WordPress refuses", () => {
  it.each(RESPONSES)(
    "%i %s (%s) is %s, with what to do next",
    (status, code, message, errorClass, advice) => {
      const body = JSON.stringify({ code, message, data: { status } })
      const failure = failureOf(new Response(body, { status }), body)
      expect(failure).toMatchObject({ errorClass, code, status })
      expect(failure.message).toMatch(advice)
      expect(failure.message).not.toContain("<strong>")
    }
  )

  it("names the parameters that are wrong", () => {
    const body = JSON.stringify({
      code: "rest_invalid_param",
      message: "Invalid parameter(s): format",
      data: {
        status: 400,
        params: { format: "format is not one of standard, aside." },
      },
    })
    expect(failureOf(new Response(body, { status: 400 }), body)).toMatchObject({
      errorClass: "content_rejected",
      message: expect.stringContaining("format is not one of standard, aside."),
    })
  })

  it.each([
    [403, "config_error", /security plugin or a firewall/],
    [401, "config_error", /web server asks for a password of its own/],
    [413, "content_rejected", /smaller file/],
    [503, "transient", /503/],
  ])("a page with %i is %s", (status, errorClass, advice) => {
    const page = "<!doctype html><title>No</title>"
    const failure = failureOf(
      new Response(page, { status, headers: { "content-type": "text/html" } }),
      page
    )
    expect(failure).toMatchObject({ errorClass })
    expect(failure.message).toMatch(advice)
  })
})
