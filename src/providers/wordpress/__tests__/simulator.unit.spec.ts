import WPAPI from "wpapi"
import {
  startWordPress,
  type WordPressSimulator,
} from "../../../../sandbox/networks/wordpress/server"
import { PASSWORD } from "../../../../sandbox/networks/wordpress/site"

/** The client of WordPress's REST API team. */
describe("the simulated WordPress, to a client that others have written", () => {
  let blog: WordPressSimulator

  beforeAll(async () => {
    blog = await startWordPress(0)
  })
  afterAll(() => blog.close())
  beforeEach(() => blog.reset())

  const clientWith = (password = PASSWORD) =>
    new WPAPI({ endpoint: `${blog.url}/wp-json`, username: "ada", password })

  it("takes a picture in a form, and a draft that becomes an article and goes to the trash", async () => {
    const wp = clientWith()
    const picture = await wp
      .media()
      // Its types know the files of browsers only.
      .file(Buffer.from("picture") as unknown as File, "scarf.png")
      .create({ alt_text: "A scarf" })
    expect(picture.alt_text).toBe("A scarf")
    const file = await fetch(picture.source_url)
    expect(await file.text()).toBe("picture")
    const [category] = await wp.categories().get()
    const { id } = await wp.posts().create({
      title: "Scarves",
      content: "<p>Warm & light</p>",
      status: "draft",
      featured_media: picture.id,
      categories: [category.id],
    })
    expect(blog.posts()).toEqual([])
    const article = await wp.posts().id(id).update({ status: "publish" })
    expect(article.link).toBe(`${blog.url}/scarves/`)
    expect(blog.posts()).toMatchObject([
      { id, content: "<p>Warm & light</p>", featured_media: picture.id },
    ])
    await wp.posts().id(id).delete()
    expect(blog.posts()).toEqual([])
    await expect(wp.posts().id(id).delete()).rejects.toMatchObject({
      code: "rest_already_trashed",
      data: { status: 410 },
    })
  })

  it("says who is logged in, and what is wrong in a form that the client can read", async () => {
    const me = await clientWith().users().me().context("edit").get()
    expect(me).toMatchObject({ slug: "ada", roles: ["editor"] })
    await expect(clientWith("wrong").users().me().get()).rejects.toMatchObject({
      code: "incorrect_password",
      data: { status: 401 },
    })
    await expect(clientWith().posts().create({})).rejects.toMatchObject({
      code: "empty_content",
    })
  })
})
