// The buttons of identity providers, where people sign in. Nothing where there are none.
import { useMutation, useQuery } from "@tanstack/react-query"
import { Alert, Button } from "antd"
import { useTranslation } from "react-i18next"
import { detailOf, useSsoRefusal } from "./refusal"
import { leave, sso } from "./sso"
import "./sso.css"

export function Doors({ next, alone = false }: { next: string | null; alone?: boolean }) {
  const { t } = useTranslation("sso")
  const refusal = useSsoRefusal()
  const doors = useQuery({ queryKey: ["sso", "doors"], queryFn: sso.doors, retry: false, staleTime: 60_000 })
  const go = useMutation({ mutationFn: sso.begin, onSuccess: (way) => { leave(way, next) } })
  const there = doors.data ?? []
  if (there.length === 0) return alone && doors.isSuccess ? <p className="quiet">{t("no_door")}</p> : null
  return (
    <div className="sso-doors">
      {!alone && <p className="sso-or quiet"><span>{t("or")}</span></p>}
      {go.error && <Alert type="error" showIcon title={refusal(go.error)} description={detailOf(go.error)} role="alert" />}
      {there.map((door) => (
        <Button key={door.id} block size="large" loading={go.isPending && go.variables === door.id} onClick={() => { go.mutate(door.id) }}>
          <span className="sso-door">{t("by", { name: door.name })}</span>
        </Button>
      ))}
    </div>
  )
}
