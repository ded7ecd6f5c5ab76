// A room's score, and what hinders its next show.
import { useQuery } from "@tanstack/react-query"
import { useTranslation } from "react-i18next"
import { Failed, Loading } from "../../ui/States"
import { Reach } from "../moderation/sanctions/Reach"
import { useRooms } from "./Hosts"
import { RoomAdmission } from "./RoomAdmission"
import { ScoreCard } from "./ScoreCard"
import { standing } from "./standing"

export function RoomScore({ room, choose }: { room: string | undefined; choose: (room: string) => void }) {
  const { t } = useTranslation("standing")
  const rooms = useRooms()
  const chosen = room ?? rooms.data?.items[0]?.id
  const score = useQuery({ queryKey: ["room-score", chosen], queryFn: () => standing.roomScore(chosen ?? ""), enabled: chosen !== undefined, refetchInterval: 10_000 })
  return (
    <>
      <div className="filters">
        <select className="plain-select" aria-label={t("choose_room")} value={chosen ?? ""} onChange={(event) => choose(event.target.value)}>
          {rooms.data?.items.map((one) => <option key={one.id} value={one.id}>{one.title}</option>)}
        </select>
      </div>
      {chosen !== undefined && <RoomAdmission room={chosen} always />}
      {chosen !== undefined && <Reach room={chosen} />}
      {chosen === undefined ? null : score.isPending ? <Loading rows={5} /> : score.data ? <ScoreCard score={score.data} /> : <Failed error={score.error} retry={() => void score.refetch()} />}
    </>
  )
}
