import { createPrivateKey } from "node:crypto"
import { SecretString } from "../../../secrets/secret-string"
import { signatureBaseString } from "../base-string"
import { percentEncode } from "../percent-encoding"
import { authorizationHeader, signRequest } from "../sign-request"
import { createSignature } from "../signature"

/** Section 1.2 of RFC 5849: the client, and its three requests. */
const printer = { consumer_secret: new SecretString("kd94hf93k423kf44") }
const rfcRequests: {
  request: string
  method: string
  url: string
  oauthParameters: Record<string, string>
  tokenSecret?: string
  signature: string
}[] = [
  {
    request: "for temporary credentials",
    method: "POST",
    url: "https://photos.example.net/initiate",
    oauthParameters: {
      oauth_consumer_key: "dpf43f3p2l4k3l03",
      oauth_signature_method: "HMAC-SHA1",
      oauth_timestamp: "137131200",
      oauth_nonce: "wIjqoS",
      oauth_callback: "http://printer.example.com/ready",
    },
    signature: "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
  },
  {
    request: "for token credentials",
    method: "POST",
    url: "https://photos.example.net/token",
    oauthParameters: {
      oauth_consumer_key: "dpf43f3p2l4k3l03",
      oauth_token: "hh5s93j4hdidpola",
      oauth_signature_method: "HMAC-SHA1",
      oauth_timestamp: "137131201",
      oauth_nonce: "walatlh",
      oauth_verifier: "hfdp7dh39dks9884",
    },
    tokenSecret: "hdhd0244k9j7ao03",
    signature: "gKgrFCywp7rO0OXSjdot/IHF7IU=",
  },
  {
    request: "for the photo",
    method: "GET",
    url: "http://photos.example.net/photos?file=vacation.jpg&size=original",
    oauthParameters: {
      oauth_consumer_key: "dpf43f3p2l4k3l03",
      oauth_token: "nnch734d00sl2jdk",
      oauth_signature_method: "HMAC-SHA1",
      oauth_timestamp: "137131202",
      oauth_nonce: "chapoH",
    },
    tokenSecret: "pfkkdhi9sl3r4s00",
    signature: "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
  },
]

/** The request of RFC 5849, section 3.4.1.1. */
const exampleCom = {
  method: "POST",
  url: new URL("http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"),
  form: "c2&a3=2+q",
  oauthParameters: {
    oauth_consumer_key: "9djdj82h48djs9d2",
    oauth_token: "kkk9d7dh3k39sjv7",
    oauth_signature_method: "HMAC-SHA1",
    oauth_timestamp: "137131201",
    oauth_nonce: "7d8f3e4a",
  },
}

const minimal = (url: string, form?: string): string => {
  const [, , parameters] = signatureBaseString({
    method: "GET",
    url: new URL(url),
    oauthParameters: {},
    form,
  }).split("&")
  return decodeURIComponent(parameters)
}

const addressIn = (url: string): string => {
  const [, address] = signatureBaseString({
    method: "GET",
    url: new URL(url),
    oauthParameters: {},
  }).split("&")
  return decodeURIComponent(address)
}

describe("the examples of RFC 5849", () => {
  it.each(rfcRequests)(
    "signs the request $request of section 1.2 as printed there",
    ({ method, url, oauthParameters, tokenSecret, signature }) => {
      const baseString = signatureBaseString({
        method,
        url: new URL(url),
        oauthParameters,
      })
      const secret = tokenSecret ? new SecretString(tokenSecret) : undefined
      expect(createSignature("HMAC-SHA1", baseString, printer, secret)).toBe(
        signature
      )
    }
  )

  it("writes the header of section 1.2, with the realm in front", () => {
    expect(
      authorizationHeader(
        {
          oauth_consumer_key: "dpf43f3p2l4k3l03",
          oauth_token: "nnch734d00sl2jdk",
          oauth_signature_method: "HMAC-SHA1",
          oauth_timestamp: "137131202",
          oauth_nonce: "chapoH",
          oauth_signature: "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
        },
        "Photos"
      )
    ).toBe(
      'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token="nnch734d00sl2jdk", oauth_signature_method="HMAC-SHA1", oauth_timestamp="137131202", oauth_nonce="chapoH", oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"'
    )
  })

  it("builds the base string of section 3.4.1.1 to the letter", () => {
    expect(signatureBaseString(exampleCom)).toBe(
      "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q" +
        "%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_" +
        "key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_m" +
        "ethod%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk" +
        "9d7dh3k39sjv7"
    )
  })

  it.each([
    ["http://EXAMPLE.COM:80/r%20v/X?id=123", "http://example.com/r%20v/X"],
    ["https://www.example.net:8080/?q=1", "https://www.example.net:8080/"],
    ["https://example.com:443", "https://example.com/"],
    ["https://example.com:80/a#part", "https://example.com:80/a"],
    ["http://[::1]:3000/a", "http://[::1]:3000/a"],
  ])("takes %s for %s (section 3.4.1.2)", (url, expected) => {
    expect(addressIn(url)).toBe(expected)
  })
})

describe("the examples of X's documentation", () => {
  const sign = (host: string, body: string, query = "") =>
    signRequest({
      server: { signature_method: "HMAC-SHA1" },
      client: {
        consumer_key: "xvz1evFS4wEEPTGEFPHBog",
        consumer_secret: new SecretString(
          "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw"
        ),
      },
      credentials: {
        token: new SecretString(
          "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"
        ),
        token_secret: new SecretString(
          "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE"
        ),
      },
      request: {
        method: "post",
        url: `https://${host}/1.1/statuses/update.json?include_entities=true${query}`,
        headers: {
          "content-type": "application/x-www-form-urlencoded; charset=utf-8",
        },
        body,
      },
      nonce: "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg",
      timestamp: 1318622958,
    })
  const status =
    "status=Hello%20Ladies%20%2b%20Gentlemen%2c%20a%20signed%20OAuth%20request%21"

  it.each([
    ["api.x.com", "Ls93hJiZbQ3akF3HF3x1Bz8%2FzU4%3D"],
    ["api.twitter.com", "hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D"],
  ])("signs the post to %s as documented", (host, signature) => {
    expect(sign(host, status)).toBe(
      `OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", oauth_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1318622958", oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", oauth_version="1.0", oauth_signature="${signature}"`
    )
  })

  it("signs the same however the text is transferred, and wherever it stands", () => {
    const documented = sign("api.x.com", status)
    expect(
      sign(
        "api.x.com",
        "status=Hello+Ladies+%2B+Gentlemen,+a+signed+OAuth+request!"
      )
    ).toBe(documented)
    expect(sign("api.x.com", "", `&${status}`)).toBe(documented)
  })

  it.each([
    ["Ladies + Gentlemen!", "Ladies%20%2B%20Gentlemen%21"],
    ["Dogs, Cats & Mice", "Dogs%2C%20Cats%20%26%20Mice"],
    ["☃", "%E2%98%83"],
  ])("encodes %s as its table of examples does", (text, encoded) => {
    expect(percentEncode(text)).toBe(encoded)
  })
})

describe("the RSA-SHA1 example of the OAuth test cases", () => {
  /** The key that the test cases publish, without the lines around it. */
  const published =
    "MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBALRiMLAh9iimur8V" +
    "A7qVvdqxevEuUkW4K+2KdMXmnQbG9Aa7k7eBjK1S+0LYmVjPKlJGNXHDGuy5Fw/d" +
    "7rjVJ0BLB+ubPK8iA/Tw3hLQgXMRRGRXXCn8ikfuQfjUS1uZSatdLB81mydBETlJ" +
    "hI6GH4twrbDJCR2Bwy/XWXgqgGRzAgMBAAECgYBYWVtleUzavkbrPjy0T5FMou8H" +
    "X9u2AC2ry8vD/l7cqedtwMPp9k7TubgNFo+NGvKsl2ynyprOZR1xjQ7WgrgVB+mm" +
    "uScOM/5HVceFuGRDhYTCObE+y1kxRloNYXnx3ei1zbeYLPCHdhxRYW7T0qcynNmw" +
    "rn05/KO2RLjgQNalsQJBANeA3Q4Nugqy4QBUCEC09SqylT2K9FrrItqL2QKc9v0Z" +
    "zO2uwllCbg0dwpVuYPYXYvikNHHg+aCWF+VXsb9rpPsCQQDWR9TT4ORdzoj+Nccn" +
    "qkMsDmzt0EfNaAOwHOmVJ2RVBspPcxt5iN4HI7HNeG6U5YsFBb+/GZbgfBT3kpNG" +
    "WPTpAkBI+gFhjfJvRw38n3g/+UeAkwMI2TJQS4n8+hid0uus3/zOjDySH3XHCUno" +
    "cn1xOJAyZODBo47E+67R4jV1/gzbAkEAklJaspRPXP877NssM5nAZMU0/O/NGCZ+" +
    "3jPgDUno6WbJn5cqm8MqWhW1xGkImgRk+fkDBquiq4gPiT898jusgQJAd5Zrr6Q8" +
    "AO/0isr/3aa6O6NLQxISLKcPDk2NOccAfS/xOtfOz4sJYM3+Bs4Io9+dZGSDCA54" +
    "Lw03eHTNQghS0A=="

  it("gives the published signature", () => {
    const pem = createPrivateKey({
      key: Buffer.from(published, "base64"),
      format: "der",
      type: "pkcs8",
    }).export({ type: "pkcs8", format: "pem" })
    const baseString = signatureBaseString({
      method: "GET",
      url: new URL(
        "http://photos.example.net/photos?file=vacaction.jpg&size=original"
      ),
      oauthParameters: {
        oauth_consumer_key: "dpf43f3p2l4k3l03",
        oauth_signature_method: "RSA-SHA1",
        oauth_timestamp: "1196666512",
        oauth_nonce: "13917289812797014437",
        oauth_version: "1.0",
      },
    })
    expect(
      createSignature("RSA-SHA1", baseString, {
        consumer_secret: new SecretString("unused"),
        private_key: new SecretString(String(pem)),
      })
    ).toBe(
      "jvTp/wX1TYtByB1m+Pbyo0lnCOLIsyGCH7wke8AUs3BpnwZJtAuEJkvQL2/9n4s5wUmUl4aCI4BwpraNx4RtEXMe5qg5T1LVTGliMRpKasKsW//e+RinhejgCuzoH26dyF8iY2ZZ/5D1ilgeijhV/vBka5twt399mXwaYdCwFYE="
    )
  })
})

describe("encoding", () => {
  it("leaves the unreserved characters alone and encodes every other byte in upper case", () => {
    const ascii = String.fromCharCode(...Array(128).keys())
    const encoded = percentEncode(ascii)
    expect(encoded.replace(/%[0-9A-F]{2}/g, "")).toBe(
      "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~"
    )
    expect(decodeURIComponent(encoded)).toBe(ascii)
    expect(percentEncode("é😀")).toBe("%C3%A9%F0%9F%98%80")
  })

  it.each([
    ["a parameter without a value", "a&b=", "a=&b="],
    ["a value with an equals sign", "a=b=c", "a=b%3Dc"],
    ["empty pairs", "&&a=1&", "a=1"],
    ["one name twice, sorted by value", "a=2&a=10&a=1", "a=1&a=10&a=2"],
    ["upper before lower case", "b=1&B=1&a=1&A=1", "A=1&B=1&a=1&b=1"],
    ["sorting by encoded form", "a~=1&a%C3%A9=1&ab=1", "a%C3%A9=1&ab=1&a~=1"],
    ["a plus, which is a space", "a=x+y%2Bz", "a=x%20y%2Bz"],
    ["lower-case digits", "a=%c3%a9", "a=%C3%A9"],
    ["bytes that are not UTF-8", "a=%E9%ff", "a=%E9%FF"],
    ["a broken escape", "a=%zz%4", "a=%25zz%254"],
    ["needlessly encoded letters", "%61=%7e", "a=~"],
    ["a signature that stands there already", "oauth_signature=x&a=1", "a=1"],
  ])("reads %s", (_, form, expected) => {
    expect(minimal("https://example.com/", form)).toBe(expected)
    expect(minimal(`https://example.com/?${form}`)).toBe(expected)
  })
})

describe("the other signature methods", () => {
  const client = { consumer_secret: new SecretString("a&b%") }

  it("joins the encoded secrets for PLAINTEXT (section 3.4.4)", () => {
    expect(
      createSignature("PLAINTEXT", "unused", client, new SecretString("c d"))
    ).toBe("a%26b%25&c%20d")
    expect(createSignature("PLAINTEXT", "unused", client)).toBe("a%26b%25&")
  })
})
