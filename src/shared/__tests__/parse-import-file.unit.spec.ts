import { parseImportFile } from "../parse-import-file"

describe("an import file", () => {
  it("is read from CSV with a title line, in any case and order", () => {
    expect(
      parseImportFile(
        'Value , Provider,identifier,name\r\ngAAAAA,meta,shop-1,"A, B"\r\n\r\n',
        "tokens.csv"
      )
    ).toEqual({
      rows: [
        {
          row: 1,
          provider: "meta",
          identifier: "shop-1",
          name: "A, B",
          value: "gAAAAA",
        },
      ],
      problems: [],
    })
  })

  it("is read from a JSON list", () => {
    const rows = [{ platform_id: "splat_1", value: "x", tenant_id: null }]
    expect(parseImportFile(JSON.stringify(rows), "tokens.json").rows).toEqual([
      { row: 1, platform_id: "splat_1", value: "x" },
    ])
  })

  it("is recognised by its content where the name does not tell", () => {
    expect(
      parseImportFile('[{"provider":"a","value":"b"}]', "dump").rows
    ).toHaveLength(1)
    expect(parseImportFile("provider,value\na,b\n", "dump").rows).toHaveLength(
      1
    )
  })

  it("keeps the numbers of its rows beside those that cannot be imported", () => {
    const { rows, problems } = parseImportFile(
      JSON.stringify([
        { value: "x" },
        { provider: "a" },
        { provider: "a", value: 7 },
        { provider: "a", value: "x", token: "y" },
        "x",
        { provider: "a", value: "x" },
      ]),
      "x.json"
    )
    expect(rows.map(({ row }) => row)).toEqual([6])
    expect(problems.map(({ row }) => row)).toEqual([1, 2, 3, 4, 5])
    expect(problems[3].message).toMatch(/"token" that means nothing/)
  })

  it.each([
    ["{}", "x.json", /neither a JSON list/],
    ["[{", "x.json", /neither a JSON list/],
    ["[]", "x.json", /no rows/],
    ["a,b\n1,2\n", "x.csv", /no column "value"/],
    ['provider,value\na,"secret', "x.csv", /quotes in row/],
    ["", "x.csv", /no column|no rows/],
  ])(
    "%j is refused in a sentence that quotes no value",
    (text, name, message) => {
      expect(() => parseImportFile(text, name)).toThrow(message)
      try {
        parseImportFile(text, name)
      } catch (error) {
        expect((error as Error).message).not.toContain("secret")
      }
    }
  )
})
