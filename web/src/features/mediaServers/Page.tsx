// Outside media servers 媒体服务器: who may call, and the streams they carry for our rooms.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Button } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import { Confirm } from "../../ui/Confirm"
import { count } from "../../ui/format"
import { PlusIcon } from "../../ui/icons"
import { Failed, Loading, Message } from "../../ui/States"
import { ServerForm } from "./ServerForm"
import { useServerRefusal } from "./refusal"
import { ServerSecret } from "./ServerSecret"
import { ServerTable } from "./ServerTable"
import { servers, type MediaServer, type NewMediaServer } from "./servers"
import { Streams } from "./Streams"
import "./mediaServers.css"

const KEY = ["media-servers"] as const

export default function Page() {
  const { t } = useTranslation("mediaServers")
  const { message } = App.useApp()
  const refusal = useServerRefusal()
  const queries = useQueryClient()
  const reload = () => queries.invalidateQueries({ queryKey: KEY })
  const list = useQuery({ queryKey: KEY, queryFn: servers.list, refetchInterval: 5_000 })
  const [editing, setEditing] = useState<MediaServer | "new" | null>(null)
  const [rotating, setRotating] = useState<MediaServer | null>(null)
  const [removing, setRemoving] = useState<MediaServer | null>(null)
  const [fresh, setFresh] = useState<NewMediaServer | null>(null)
  if (list.isPending) return <Loading rows={6} />
  if (!list.data) return <Failed error={list.error} retry={() => void list.refetch()} />
  const all = list.data.items
  const add = <Button type="primary" icon={<PlusIcon />} onClick={() => setEditing("new")}>{t("add")}</Button>
  return (
    <>
      <div className="page-head">
        <h1>{t("servers")}</h1>
        <span className="quiet num">{t("count", { n: count(all.length) })}</span>
        <span className="spring" />
        {all.length > 0 && add}
      </div>
      <div className="panel">
        {all.length === 0 ? <Message title={t("empty")} hint={t("empty_hint")} action={add} /> : (
          <ServerTable servers={all} edit={setEditing} rotate={setRotating} remove={setRemoving} />
        )}
      </div>
      {all.map((server) => <Streams key={server.id} server={server} />)}
      {editing && (
        <ServerForm
          {...(editing === "new" ? {} : { server: editing })}
          close={() => setEditing(null)}
          submit={async (fields) => {
            if (editing === "new") {
              setFresh(await servers.create(fields))
            } else {
              const { name, mode, allowed_ips, pull_url } = fields
              await servers.change(editing.id, { name, mode, allowed_ips, ...(pull_url === undefined ? {} : { pull_url }) })
              void message.success(t("saved"))
            }
            void reload()
          }}
        />
      )}
      {rotating && (
        <Confirm
          title={t("rotate_title", { name: rotating.name })} hint={t("rotate_hint")} ok={t("rotate")} close={() => setRotating(null)} refusal={refusal}
          act={async () => { setFresh(await servers.rotate(rotating.id)) }}
        />
      )}
      {removing && (
        <Confirm
          title={t("remove_title", { name: removing.name })} hint={t("remove_hint")} ok={t("remove")} close={() => setRemoving(null)} refusal={refusal}
          act={async () => {
            await servers.remove(removing.id)
            void reload()
          }}
        />
      )}
      {fresh && <ServerSecret server={fresh} close={() => setFresh(null)} />}
    </>
  )
}
