import type {
  AuthenticatedMedusaRequest,
  MedusaResponse,
} from "@medusajs/framework/http"
import { socialsModule } from "../../../../../credentials/modules"
import type { AdminGetSocialPlatformEventsParamsType } from "./validators"

/** Newest first: what happened to a platform's credentials, and by whom. */
export const GET = async (
  req: AuthenticatedMedusaRequest<
    unknown,
    AdminGetSocialPlatformEventsParamsType
  >,
  res: MedusaResponse
) => {
  const socials = socialsModule(req.scope)
  const { id } = await socials.retrieveSocialPlatform(req.params.id, {
    select: ["id"],
  })
  const { skip, take } = req.queryConfig.pagination
  const [events, count] = await socials.listAndCountSocialCredentialEvents(
    { platform_id: id },
    {
      select: [
        "id",
        "platform_id",
        "type",
        "actor_id",
        "details",
        "count",
        "last_at",
        "created_at",
      ],
      order: { created_at: "DESC", id: "DESC" },
      skip,
      take,
    }
  )

  res.json({
    events: events.map(
      ({
        id,
        platform_id,
        type,
        actor_id,
        details,
        count,
        last_at,
        created_at,
      }) => ({
        id,
        platform_id,
        type,
        actor_id,
        details,
        count,
        last_at,
        created_at,
      })
    ),
    count,
    offset: skip,
    limit: take,
  })
}
