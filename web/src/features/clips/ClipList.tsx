// What was cut from this show.
import { useQuery, useQueryClient } from "@tanstack/react-query"
import { App, Modal } from "antd"
import { useState } from "react"
import { useTranslation } from "react-i18next"
import type { Broadcast } from "../../api/types"
import { Confirm } from "../../ui/Confirm"
import { clock } from "../../ui/format"
import { DownloadIcon, PlayIcon, TrashIcon } from "../../ui/icons"
import { Failed, Loading } from "../../ui/States"
import { clipsApi } from "./api"
import { bytes } from "./bytes"
import { useRefusal } from "./refusal"
import type { Clip } from "./types"

export function ClipList({ show, cuts }: { show: Broadcast; cuts: boolean }) {
  const { t } = useTranslation("clips")
  const { message } = App.useApp()
  const queries = useQueryClient()
  const [shown, setShown] = useState<Clip | null>(null)
  const [leaving, setLeaving] = useState<Clip | null>(null)
  // Others cut, too.
  const clips = useQuery({ queryKey: ["clips", show.id], queryFn: () => clipsApi.clips(show.id), refetchInterval: 5000 })
  const refusal = useRefusal()
  const remove = async (clip: Clip) => {
    await clipsApi.remove(clip.id)
    void message.success(t("removed_done"))
    await queries.invalidateQueries({ queryKey: ["clips", show.id] })
  }
  const sorted = [...(clips.data ?? [])].sort((a, b) => b.created_at - a.created_at)
  return (
    <section className="panel clip-list" aria-label={t("mine")} data-testid="clip-list">
      <div className="panel-head"><h2>{t("mine")}</h2><span className="quiet num">{sorted.length > 0 ? sorted.length : ""}</span></div>
      {clips.isPending ? <Loading rows={2} /> : !clips.data ? <Failed error={clips.error} retry={() => void clips.refetch()} />
        : sorted.length === 0 ? <p className="none quiet">{t("no_clips")}</p> : (
          <ul>
            {sorted.map((clip) => (
              <li key={clip.id} data-clip={clip.id}>
                <button type="button" className="clip-open" aria-label={`${t("preview")} ${clip.title}`} onClick={() => setShown(clip)}><PlayIcon size={14} /></button>
                <span className="clip-title" title={clip.title}>{clip.title}</span>
                <span className="clip-about num quiet">{clock(clip.start_ms)} · {clock(clip.duration_ms)} · {bytes(clip.bytes)}</span>
                <span className="clip-acts">
                  <a href={clipsApi.file(clip.id)} download={`${clip.title}.mp4`} aria-label={`${t("download")} ${clip.title}`}><DownloadIcon /></a>
                  {cuts && <button type="button" aria-label={`${t("remove")} ${clip.title}`} onClick={() => setLeaving(clip)}><TrashIcon /></button>}
                </span>
              </li>
            ))}
          </ul>
        )}
      {shown && (
        <Modal open title={shown.title} footer={null} width={760} onCancel={() => setShown(null)} destroyOnHidden>
          <video className="clip-video" src={clipsApi.file(shown.id)} controls autoPlay playsInline aria-label={shown.title} />
        </Modal>
      )}
      {leaving && (
        <Confirm
          title={t("remove_title", { title: leaving.title })} hint={t("remove_hint")} ok={t("remove")}
          act={() => remove(leaving)} close={() => setLeaving(null)} refusal={refusal}
        />
      )}
    </section>
  )
}
