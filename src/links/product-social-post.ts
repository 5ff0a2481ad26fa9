import ProductModule from "@medusajs/medusa/product"
import { defineLink } from "@medusajs/framework/utils"
import SocialsModule from "../modules/socials"

/** Which products a post shows. */
export default defineLink(
  { linkable: ProductModule.linkable.product, isList: true },
  { linkable: SocialsModule.linkable.socialPost, isList: true }
)
