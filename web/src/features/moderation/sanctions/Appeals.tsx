// Appeals 申诉: the sanction and the viewer's words side by side, with the clock that runs, and the decision.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query"
import { Button, Input, Segmented } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../../api/client"
import { useNow } from "../../../ui/Ago"
import { clock, dateTime } from "../../../ui/format"
import { Failed, Loading, Message } from "../../../ui/States"
import { APPEALS, sanctions, type Appeal } from "./sanctions"
import { Told } from "./Sanctions"
import { useSanctionRefusal } from "./words"
import "./sanctions.css"

export default function Appeals() {
  const { t } = useTranslation("sanctions")
  const [state, setState] = useState<(typeof APPEALS)[number]>("open")
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms() })
  const pages = useInfiniteQuery({
    queryKey: ["appeals", state], queryFn: ({ pageParam }) => sanctions.appeals(state, pageParam), initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined, refetchInterval: 10_000,
  })
  const items = pages.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <div className="stack">
      <div className="filters">
        <Segmented size="small" aria-label={t("state")} value={state} onChange={setState} options={APPEALS.map((value) => ({ value, label: t(`appeal_${value}`) }))} />
      </div>
      <section className="panel" aria-label={t("appeals")} data-testid="appeals">
        {pages.isPending ? <Loading rows={6} /> : !pages.data ? <Failed error={pages.error} retry={() => void pages.refetch()} />
          : items.length === 0 ? <Message title={t("no_appeals")} /> : (
            <ol className="items">
              {items.map((one) => <One key={one.id} appeal={one} room={rooms.data?.items.find((room) => room.id === one.sanction.room)?.title ?? one.sanction.room} />)}
            </ol>
          )}
        {pages.hasNextPage && <div className="more"><Button onClick={() => void pages.fetchNextPage()} loading={pages.isFetchingNextPage}>{t("show_more")}</Button></div>}
      </section>
    </div>
  )
}

function One({ appeal, room }: { appeal: Appeal; room: string }) {
  const { t } = useTranslation("sanctions")
  const queries = useQueryClient()
  const refusal = useSanctionRefusal()
  const [reason, setReason] = useState("")
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const left = appeal.due_at_ms - useNow()
  const decide = async (outcome: "uphold" | "reverse") => {
    setBusy(true)
    setFailure(null)
    try {
      await sanctions.decide(appeal.id, outcome, reason.trim())
      await queries.invalidateQueries({ queryKey: ["appeals"] })
    } catch (error) {
      setFailure(refusal(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <li className="appeal" data-testid="appeal">
      <div className="appeal-sides">
        <section aria-label={t("sanction")}><Told sanction={appeal.sanction} room={room} film /></section>
        <section aria-label={t("appeal")}>
          <p className="appeal-text">{appeal.text ?? <i className="quiet">{t("erased")}</i>}</p>
          <p className="card-about quiet">
            <time className="num">{dateTime(appeal.filed_at_ms)}</time>
            {appeal.state === "open" && <b className={left < 0 ? "late num" : "num"}>{left < 0 ? t("late_by", { time: clock(-left) }) : t("left", { time: clock(left) })}</b>}
            {appeal.late && <span>{t("was_late")}</span>}
            {appeal.decided_by && <span>{appeal.decided_by} <time className="num">{dateTime(appeal.decided_at_ms)}</time></span>}
          </p>
          {appeal.reason && <p className="statement">{appeal.reason}</p>}
        </section>
      </div>
      {appeal.state === "open" && (appeal.may_decide ? (
        <div className="appeal-decide">
          {failure && <p role="alert" className="late">{failure}</p>}
          <Input.TextArea aria-label={t("reason")} placeholder={t("reason")} value={reason} onChange={(event) => setReason(event.target.value)} maxLength={500} rows={2} />
          <Button disabled={reason.trim() === ""} loading={busy} onClick={() => void decide("uphold")}>{t("uphold")}</Button>
          <Button type="primary" disabled={reason.trim() === ""} loading={busy} onClick={() => void decide("reverse")}>{t("reverse")}</Button>
        </div>
      ) : <p className="quiet">{t("not_own")}</p>)}
    </li>
  )
}
