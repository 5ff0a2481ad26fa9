import { RouteFocusModal } from "@medusajs/dashboard/components"
import { FocusModalHeader } from "../../../components/modal-headers"
import { Composer } from "../../../components/post/composer"

const CreateSocialPostPage = () => (
  <RouteFocusModal>
    <FocusModalHeader
      title="Write a post"
      description="Write a post, choose its accounts, and publish or schedule it."
    />
    <Composer />
  </RouteFocusModal>
)

export default CreateSocialPostPage
