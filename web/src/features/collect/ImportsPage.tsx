// Files into a room 导入: a recorder's file or a table, looked at, tried, imported; and what was imported before.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { useNavigate, useSearch } from "@tanstack/react-router"
import { Alert, Button } from "antd"
import { useRef, useState, type DragEvent } from "react"
import { useTranslation } from "react-i18next"
import { api } from "../../api/client"
import { Failed, Loading, Message } from "../../ui/States"
import { ImportForm } from "./ImportForm"
import { ImportHistory } from "./ImportHistory"
import { useImportRefusal } from "./importRefusal"
import { imports, type Preview } from "./imports"
import "./imports.css"

export default function ImportsPage() {
  const { t } = useTranslation("imports")
  const search: { room?: string } = useSearch({ strict: false })
  const navigate = useNavigate()
  const rooms = useQuery({ queryKey: ["rooms", "choice"], queryFn: () => api.rooms() })
  if (rooms.isPending) return <Loading rows={8} />
  if (!rooms.data) return <Failed error={rooms.error} retry={() => void rooms.refetch()} />
  const room = search.room ?? rooms.data.items[0]?.id
  if (room === undefined) return <Message title={t("no_rooms")} hint={t("no_rooms_hint")} />
  return (
    <>
      <div className="page-head">
        <h1>{t("imports")}</h1>
        <select className="plain-select" aria-label={t("room")} value={room} onChange={(event) => void navigate({ to: "/imports", search: { room: event.target.value } })}>
          {rooms.data.items.map((one) => <option key={one.id} value={one.id}>{one.title}</option>)}
        </select>
      </div>
      <OfRoom key={room} room={room} />
    </>
  )
}

function OfRoom({ room }: { room: string }) {
  const { t } = useTranslation("imports")
  const queries = useQueryClient()
  const refusal = useImportRefusal()
  const look = useMutation({ mutationFn: async (file: File): Promise<{ file: File; seen: Preview }> => ({ file, seen: await imports.preview(file) }) })
  const { data } = look
  return (
    <>
      {data ? (
        <ImportForm
          key={`${data.file.name}:${data.file.lastModified}`} room={room} file={data.file} seen={data.seen} other={look.reset}
          imported={() => void queries.invalidateQueries({ queryKey: ["imports", room] })}
        />
      ) : (
        <Drop busy={look.isPending} take={look.mutate} />
      )}
      {look.error && <Alert type="error" showIcon role="alert" title={refusal(look.error)} />}
      <h2 className="imports-part">{t("history")}</h2>
      <ImportHistory room={room} />
    </>
  )
}

function Drop({ busy, take }: { busy: boolean; take: (file: File) => void }) {
  const { t } = useTranslation("imports")
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const choose = (files: FileList | null) => {
    const file = files?.[0]
    if (file) take(file)
    if (input.current) input.current.value = ""
  }
  const drag = (event: DragEvent, is: boolean) => {
    event.preventDefault()
    setOver(is)
  }
  return (
    <div
      className={`panel imports-drop${over ? " over" : ""}`}
      onDragOver={(event) => drag(event, true)} onDragLeave={(event) => drag(event, false)}
      onDrop={(event) => { drag(event, false); choose(event.dataTransfer.files) }}
    >
      <p className="strong">{busy ? t("looking") : t("drop")}</p>
      <p className="quiet">{t("drop_hint")}</p>
      <input ref={input} type="file" hidden aria-label={t("choose")} onChange={(event) => choose(event.target.files)} />
      <Button type="primary" loading={busy} onClick={() => input.current?.click()}>{t("choose")}</Button>
    </div>
  )
}
