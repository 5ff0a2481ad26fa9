import type { ErrorRule } from "../../http/classify"

/** What the Graph API's errors mean. Subcodes come first: they are the more precise ones. */
export const META_ERROR_RULES: readonly ErrorRule[] = [
  { subcode: /^(1363047|1609010)$/, errorClass: "transient" },
  { subcode: "1390008", errorClass: "rate_limited" },
  { subcode: "1404078", errorClass: "permission" },
  {
    subcode: /^(1346003|1404006|1404102|1404112|4854002)$/,
    errorClass: "account_restricted",
  },
  { subcode: /^(458|459|460|463|464|467|492)$/, errorClass: "token_invalid" },
  // A system user's token has nothing that it could be refreshed with here.
  { code: /^(102|190)$/, errorClass: "token_invalid" },
  { code: /^(3|10|2\d\d)$/, errorClass: "permission" },
  { code: /^(4|17|32|341|613|8000\d|80014)$/, errorClass: "rate_limited" },
  { code: /^[12]$/, errorClass: "transient" },
  { code: "368", errorClass: "account_restricted" },
  { code: "506", errorClass: "duplicate" },
  // An object or a parameter that Meta does not know, the app secret's proof among them.
  { code: /^(100|101|803)$/, errorClass: "config_error" },
  // The version is part of every address; Meta answers thus once it has ended.
  {
    code: "2635",
    errorClass: "config_error",
    next_action: "Enter a newer version of the Graph API.",
  },
]
