import { detectType } from "../content-type"
import { fileName } from "../file-name"

const bytes = (text: string): Uint8Array =>
  Buffer.from(text.padEnd(64, "\0"), "latin1")

describe("the type of a file", () => {
  it.each([
    ["\xff\xd8\xff\xe0", "image/jpeg"],
    ["\x89PNG\r\n\x1a\n", "image/png"],
    ["GIF89a", "image/gif"],
    ["RIFF\0\0\0\0WEBPVP8 ", "image/webp"],
    ["\0\0\0\x1cftypavif", "image/avif"],
    ["\0\0\0\x1cftypisom", "video/mp4"],
    ["\0\0\0\x14ftypqt  ", "video/quicktime"],
    ["\0\0\0\x08wide\0\0\0\x08mdat", "video/quicktime"],
    ["\x1a\x45\xdf\xa3\x9fB\x82\x84webm", "video/webm"],
    ["\x1a\x45\xdf\xa3\x9fB\x82\x88matroska", "video/x-matroska"],
    ["%PDF-1.7\n", "application/pdf"],
  ])("is read from its first bytes: %j is %s", (head, expected) => {
    expect(detectType(bytes(head))?.content_type).toBe(expected)
  })

  it.each([
    ["<svg xmlns"],
    ["<!doctype html>"],
    ["\0\0\0\x1cftypheic"],
    ["\0\0\0\x1cftypM4A "],
    ["RIFF\0\0\0\0WAVEfmt "],
    ["MZ\x90\0"],
    [""],
  ])("is none that is taken for %j", (head) => {
    expect(detectType(bytes(head))).toBeNull()
  })
})

describe("the name of a file", () => {
  it.each([
    ["https://cdn.example.com/a/My%20scarf.jpg?sig=x", "My scarf.jpg"],
    ["C:\\pictures\\scarf.jpg", "scarf.jpg"],
    ["../../etc/passwd", "passwd"],
    ["..", "file"],
    ['a"b\r\n<c>.png', "a_b_c_.png"],
    ["", "file"],
  ])("of %j is %j", (text, expected) => {
    expect(fileName(text)).toBe(expected)
  })
})
