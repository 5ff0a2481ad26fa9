import { validateOptions } from "../../../modules/socials/utils/validate-options"
import { kindOf, parseAddress } from "../address"
import { allowsPlainHttp, checkUrl } from "../check-url"
import {
  type AllowedNetworks,
  environmentNetworks,
  isAllowedAddress,
  isAllowedHost,
  readAllowedNetworks,
} from "../networks"

const allow = (value: boolean | string[]): AllowedNetworks =>
  readAllowedNetworks(value)!
const publicOnly = allow(false)

describe("without the operator's leave", () => {
  it.each([
    ["this machine", "127.0.0.1"],
    ["this machine", "127.255.255.254"],
    ["this machine, IPv6", "::1"],
    ["a private network", "10.0.0.1"],
    ["a private network", "172.16.0.1"],
    ["a private network", "172.31.255.255"],
    ["a private network", "192.168.178.1"],
    ["a private network, IPv6", "fd12:3456:789a::1"],
    ["a provider's own network", "100.64.0.1"],
    ["a provider's own network", "100.127.255.255"],
    ["a link-local address", "169.254.0.1"],
    ["a cloud's credentials", "169.254.169.254"],
    ["a cloud's credentials", "169.254.170.2"],
    ["a cloud's credentials, Azure", "168.63.129.16"],
    ["a cloud's credentials, Alibaba", "100.100.100.200"],
    ["a cloud's credentials, Amazon over IPv6", "fd00:ec2::254"],
    ["a cloud's credentials, Google over IPv6", "fd20:ce::254"],
    ["a link-local address, IPv6", "fe80::1"],
    ["a link-local address with its zone", "fe80::1%eth0"],
    ["this machine with a zone", "::1%lo"],
    ["no address", "0.0.0.0"],
    ["no address", "0.1.2.3"],
    ["no address, IPv6", "::"],
    ["a multicast group", "224.0.0.1"],
    ["a multicast group", "239.255.255.250"],
    ["a multicast group, IPv6", "ff02::1"],
    ["everybody", "255.255.255.255"],
    ["a reserved range", "240.0.0.1"],
    ["a reserved range", "192.0.0.192"],
    ["documentation", "192.0.2.1"],
    ["documentation", "198.51.100.1"],
    ["documentation", "203.0.113.1"],
    ["documentation, IPv6", "2001:db8::1"],
    ["benchmarks", "198.18.0.1"],
    ["the former site-local range", "fec0::1"],
    ["the discard range", "100::1"],
    ["an unassigned range", "4000::1"],
    ["a Teredo tunnel", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
    ["IPv4-mapped", "::ffff:127.0.0.1"],
    ["IPv4-mapped in hexadecimal", "::ffff:a9fe:a9fe"],
    ["IPv4-compatible", "::127.0.0.1"],
    ["IPv4-translated", "::ffff:0:10.0.0.1"],
    ["NAT64", "64:ff9b::10.0.0.1"],
    ["NAT64 of the credentials' address", "64:ff9b::a9fe:a9fe"],
    ["NAT64 of a local prefix", "64:ff9b:1::808:808"],
    ["6to4", "2002:7f00:1::1"],
    ["6to4 of a private network", "2002:c0a8:1::"],
    ["no IP address at all", "localhost"],
    ["nothing", ""],
  ])("%s is refused: %s", (_, address) => {
    expect(isAllowedAddress(publicOnly, address)).toBe(false)
  })

  it.each([
    "93.184.215.14",
    "1.1.1.1",
    "172.32.0.1",
    "100.128.0.1",
    "2606:4700:4700::1111",
    "::ffff:1.1.1.1",
    "64:ff9b::1.1.1.1",
  ])("a public address is asked: %s", (address) => {
    expect(isAllowedAddress(publicOnly, address)).toBe(true)
  })
})

describe("an address in an odd notation", () => {
  it.each([
    ["decimal", "http://2130706433/"],
    ["hexadecimal", "http://0x7f000001/"],
    ["hexadecimal parts", "http://0x7f.0x0.0x0.0x1/"],
    ["octal", "http://0177.0.0.1/"],
    ["octal as a whole", "http://017700000001/"],
    ["fewer parts", "http://127.1/"],
    ["a final dot", "http://127.0.0.1./"],
    ["percent-encoded digits", "http://%31%32%37.0.0.1/"],
    ["full-width digits", "http://１２７.０.０.１/"],
    ["decimal of the credentials' address", "http://2852039166/"],
    ["IPv6 in brackets", "http://[::1]/"],
    ["IPv4-mapped in brackets", "http://[::ffff:7f00:1]/"],
    ["a backslash", "http:\\\\127.0.0.1\\"],
  ])("does not get past the check: %s", (_, url) => {
    expect(() => checkUrl(url, publicOnly)).toThrow(
      expect.objectContaining({
        errorClass: "config_error",
        code: "address_not_allowed",
      })
    )
  })

  it.each([
    ["a zone in brackets", "http://[fe80::1%25eth0]/"],
    ["a zone that is not encoded", "http://[fe80::1%eth0]/"],
    ["no address", "https://"],
    ["another scheme", "ftp://files.example.com/a"],
    ["a file", "file:///etc/passwd"],
    ["data", "data:text/plain,x"],
    ["a user name", "https://ada@service.example.com/"],
    ["a password", "https://:hush-hush@service.example.com/"],
  ])("is refused, however much is allowed: %s", (_, url) => {
    for (const networks of [
      publicOnly,
      allow(true),
      allow(["::/0", "0.0.0.0/0"]),
    ]) {
      expect(() => checkUrl(url, networks)).toThrow(
        expect.objectContaining({ code: "address_not_allowed" })
      )
    }
  })

  it("is refused in words that help, and repeat no secret", () => {
    const messageFor = (url: string): string => {
      try {
        checkUrl(url, publicOnly)
      } catch (error) {
        return (error as Error).message
      }
      return "was allowed"
    }
    expect(messageFor("http://2130706433/?key=hush-hush")).toBe(
      'Nothing was sent to "127.0.0.1": it is not on the public internet. Check the address. If it is right, the operator of this store can allow it with the option "allow_private_networks".'
    )
    expect(messageFor("https://ada:hush-hush@service.example.com/")).toBe(
      'Nothing was sent to "service.example.com": its address carries a user name or a password. Take them out of the address.'
    )
  })
})

describe("the option allow_private_networks", () => {
  it("opens private networks as a whole, and still no cloud's credentials", () => {
    const networks = allow(true)
    for (const address of [
      "127.0.0.1",
      "::1",
      "10.1.2.3",
      "100.64.0.1",
      "fd12::1",
    ]) {
      expect([address, isAllowedAddress(networks, address)]).toEqual([
        address,
        true,
      ])
    }
    for (const address of [
      "169.254.169.254",
      "fd00:ec2::254",
      "100.100.100.200",
      "168.63.129.16",
      "fe80::1",
      "224.0.0.1",
      "0.0.0.0",
    ]) {
      expect([address, isAllowedAddress(networks, address)]).toEqual([
        address,
        false,
      ])
    }
  })

  it("opens just the listed ranges, addresses and hosts", () => {
    const networks = allow([
      "10.20.0.0/16",
      "192.168.1.5",
      "fd12::/16",
      "GitLab.internal.",
      "localhost",
    ])
    const isOpen = (address: string) => isAllowedAddress(networks, address)
    expect(["10.20.3.4", "192.168.1.5", "fd12::9"].map(isOpen)).toEqual([
      true,
      true,
      true,
    ])
    expect(
      ["10.21.0.1", "192.168.1.6", "fd13::1", "127.0.0.1"].map(isOpen)
    ).toEqual([false, false, false, false])
    expect(isAllowedHost(networks, "gitlab.INTERNAL")).toBe(true)
    expect(isAllowedHost(networks, "other.gitlab.internal")).toBe(false)
  })

  it("opens other forms of a listed address with it", () => {
    const networks = allow(["10.20.0.0/16"])
    expect(isAllowedAddress(networks, "::ffff:10.20.0.1")).toBe(true)
    expect(isAllowedAddress(networks, "64:ff9b::10.21.0.1")).toBe(false)
  })

  it("opens special addresses only where they are listed", () => {
    expect(isAllowedAddress(allow(["169.254.0.0/16"]), "169.254.169.254")).toBe(
      true
    )
  })

  it.each([
    ["text", "10.0.0.0/8"],
    ["a number", 1],
    ["a number in a list", [10]],
    ["half an address", ["10.0.0"]],
    ["an octal range", ["012.0.0.0/8"]],
    ["a range that is too long", ["10.0.0.0/33"]],
    ["a URL", ["http://gitlab.internal"]],
    ["a port", ["gitlab.internal:8080"]],
    ["a pattern", ["*.internal"]],
    ["nothing in a list", [""]],
    ["a word for on", ["yes"]],
  ])("stops the start with %s", (_, value) => {
    expect(() =>
      validateOptions({ allow_private_networks: value as never }, {})
    ).toThrow(
      'The option "allow_private_networks" (environment: SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS) must be true, false, or a list of ranges such as 10.0.0.0/8, addresses and host names.'
    )
  })

  it("is off unless it is set, and the environment wins over it", () => {
    const isOpen = (
      address: string,
      option?: boolean | string[],
      variable?: string
    ) =>
      isAllowedAddress(
        validateOptions(
          { allow_private_networks: option },
          { SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS: variable }
        ).allow_private_networks,
        address
      )
    expect(isOpen("10.0.0.1")).toBe(false)
    expect(isOpen("10.0.0.1", undefined, "")).toBe(false)
    expect(isOpen("10.0.0.1", true)).toBe(true)
    expect(isOpen("10.0.0.1", true, "false")).toBe(false)
    expect(isOpen("10.0.0.1", false, "true")).toBe(true)
    expect(isOpen("10.0.0.1", false, "192.168.0.0/16, 10.0.0.0/8")).toBe(true)
    expect(isOpen("10.0.0.1", true, "192.168.0.0/16")).toBe(false)
    expect(() => isOpen("10.0.0.1", false, "TRUE")).toThrow(/must be true/)
  })
})

describe("the environment alone", () => {
  const before = process.env.SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS
  afterEach(() => {
    process.env.SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS = before
  })

  it("allows what it names, and the public internet only where it cannot be read", () => {
    process.env.SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS = "10.0.0.0/8"
    expect(isAllowedAddress(environmentNetworks(), "10.0.0.1")).toBe(true)
    expect(environmentNetworks()).toBe(environmentNetworks())

    process.env.SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS = "10.0.0.0/8, what?"
    expect(isAllowedAddress(environmentNetworks(), "10.0.0.1")).toBe(false)
    delete process.env.SOCIAL_PLATFORMS_ALLOW_PRIVATE_NETWORKS
    expect(isAllowedAddress(environmentNetworks(), "10.0.0.1")).toBe(false)
  })
})

describe("plain http", () => {
  it.each([
    [false, "http://10.0.0.1/", false],
    [true, "http://10.0.0.1/", true],
    [true, "http://1.1.1.1/", false],
    [["10.0.0.0/8"], "http://10.0.0.1/", true],
    [["10.0.0.0/8"], "http://1.1.1.1/", false],
    [["10.0.0.0/8"], "http://service.example.com/", false],
    [true, "http://service.example.com/", false],
    [true, "http://169.254.169.254/", false],
    [true, "http://[fd00:ec2::254]/", false],
    [["192.168.0.0/16"], "http://192.168.178.20:3000/", true],
    [["192.168.0.0/16"], "http://192.169.0.1/", false],
    [["fd12::/16"], "http://[fd12::20]/", true],
    [["1.1.1.1"], "http://1.1.1.1/", false],
    [["localhost"], "http://localhost:4400/", true],
    [["git.internal"], "http://git.internal/", true],
    [["git.internal"], "http://other.internal/", false],
    [["127.0.0.0/8"], "http://localhost:4400/", true],
    [["10.0.0.0/8"], "http://localhost:4400/", false],
  ])("with %j will do for %s: %s", (value, url, expected) => {
    expect(allowsPlainHttp(new URL(url), allow(value))).toBe(expected)
  })
})

describe("an IP address", () => {
  it("is judged by the IPv4 address that it carries", () => {
    const kind = (text: string) => kindOf(parseAddress(text)!)
    expect(kind("::ffff:8.8.8.8")).toBe("public")
    expect(kind("2002:808:808::1")).toBe("public")
    expect(kind("::ffff:10.0.0.1")).toBe("private")
    expect(kind("64:ff9b::a9fe:a9fe")).toBe("special")
  })
})
