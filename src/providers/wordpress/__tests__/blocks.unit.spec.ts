import { contentOf, titled, type Upload } from "../blocks"

const picture = (id: number, alt_text: string | null = null): Upload => ({
  id,
  url: `https://blog.example/wp-content/uploads/${id}.jpg`,
  kind: "image",
  alt_text,
  poster: null,
})

const article = { text: "", uploads: [], link: null }

describe("an article of blocks", () => {
  it("has a paragraph for each, keeps lines, and makes addresses clickable", () => {
    expect(
      contentOf({
        ...article,
        text: "One\nand more\r\n\r\n\nSee https://shop.example/a?b=1&c=2.",
      })
    ).toBe(
      [
        "<!-- wp:paragraph -->\n<p>One<br>and more</p>\n<!-- /wp:paragraph -->",
        '<!-- wp:paragraph -->\n<p>See <a href="https://shop.example/a?b=1&amp;c=2">https://shop.example/a?b=1&amp;c=2</a>.</p>\n<!-- /wp:paragraph -->',
      ].join("\n\n")
    )
  })

  it("shows markup, blocks and shortcodes of a text as they were written, and runs none", () => {
    const content = contentOf({
      ...article,
      text: '<script>alert(1)</script> <!-- wp:html --> [gallery ids="1"]',
    })
    expect(content).toContain(
      "<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;!-- wp:html --&gt; &#91;gallery ids=&quot;1&quot;&#93;</p>"
    )
    expect(content.match(/<!-- wp:/g)).toHaveLength(1)
  })

  it("has an image with its alternative text, and several as a gallery", () => {
    const one = contentOf({ ...article, uploads: [picture(5, 'A "wool" hat')] })
    expect(one).toContain(
      '<!-- wp:image {"id":5,"sizeSlug":"full","linkDestination":"none"} -->'
    )
    expect(one).toContain('alt="A &quot;wool&quot; hat" class="wp-image-5"/>')
    expect(one).not.toContain("wp:gallery")

    const two = contentOf({ ...article, uploads: [picture(5), picture(6)] })
    expect(two).toMatch(/^<!-- wp:gallery .*\n<figure class="wp-block-gallery/)
    expect(two.match(/<!-- wp:image /g)).toHaveLength(2)
  })

  it("has a video with its picture, and a button to the product", () => {
    const content = contentOf({
      ...article,
      uploads: [
        {
          ...picture(7),
          kind: "video",
          poster: "https://blog.example/poster.jpg",
        },
      ],
      link: { url: "https://shop.example/hat", label: "The <hat>" },
    })
    expect(content).toContain(
      '<video controls poster="https://blog.example/poster.jpg" src="https://blog.example/wp-content/uploads/7.jpg"></video>'
    )
    expect(content).toContain(
      '<a class="wp-block-button__link wp-element-button" href="https://shop.example/hat">The &lt;hat&gt;</a>'
    )
  })
})

describe("an article's title", () => {
  const long = "word ".repeat(40).trim()
  it.each([
    [
      "is the first line, which is then not said twice",
      "Autumn\n\nIt is here.",
      undefined,
      { title: "Autumn", text: "It is here." },
    ],
    [
      "is all of a text of one line",
      "Autumn",
      undefined,
      { title: "Autumn", text: "Autumn" },
    ],
    [
      "is what somebody has chosen",
      "Autumn\nIt is here.",
      "Wool",
      { title: "Wool", text: "Autumn\nIt is here." },
    ],
    ["is empty without any text", "", undefined, { title: "", text: "" }],
    [
      "ends at a word where the first line is long",
      `${long}\nMore`,
      undefined,
      { title: `${"word ".repeat(20).trim()}…`, text: `${long}\nMore` },
    ],
  ])("%s", (_, text, title, expected) => {
    expect(titled(text, title)).toEqual(expected)
  })
})
