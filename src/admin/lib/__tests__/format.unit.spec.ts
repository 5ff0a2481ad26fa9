import { languageName } from "../format"

describe("the name of a language", () => {
  it.each([
    ["en", /^English \(en\)$/],
    ["de-AT", /^.*German.* \(de-AT\)$/],
    ["de-u-co-phonebk", /^German \(de-u-co-phonebk\)$/],
    ["qqx", /^qqx$/],
  ])("is told of %s with its tag", (tag, name) => {
    expect(languageName(tag)).toMatch(name)
  })
})
