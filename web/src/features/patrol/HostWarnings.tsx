// What the host is told during the show; it stays until somebody says that it was read.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Alert, Button } from "antd"
import { useTranslation } from "react-i18next"
import { timeOfDay } from "../../ui/format"
import { patrol } from "./patrol"
import { usePatrolRefusal } from "./words"

export function HostWarnings({ room }: { room: string }) {
  const { t } = useTranslation("patrol")
  const refusal = usePatrolRefusal()
  const queries = useQueryClient()
  const key = ["host-warnings", room]
  const heard = useQuery({ queryKey: key, queryFn: () => patrol.heard(room), refetchInterval: 2_000 })
  const read = useMutation({ mutationFn: (warning: string) => patrol.acknowledge(room, warning), onSettled: () => queries.invalidateQueries({ queryKey: key }) })
  const unread = heard.data?.items.filter((one) => one.read_by == null) ?? []
  return (
    <div role="alert" data-testid="host-warnings">
      {unread.map((one) => (
        <Alert
          key={one.id} type="error" showIcon title={t("host_warning")}
          description={<><p>{one.text}</p><p className="quiet"><time className="num">{timeOfDay(one.at_ms)}</time> {one.by}</p></>}
          action={<Button danger loading={read.isPending} onClick={() => read.mutate(one.id)}>{t("host_read")}</Button>}
        />
      ))}
      {read.error && <Alert type="error" showIcon title={refusal(read.error)} />}
    </div>
  )
}
