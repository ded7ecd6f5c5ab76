// The icons in use, drawn on a 24 px grid in the text's colour.
import type { ReactNode } from "react"

function icon(children: ReactNode, filled = false) {
  return function Icon({ size = 16 }: { size?: number }) {
    return (
      <svg
        width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false"
        fill={filled ? "currentColor" : "none"} stroke={filled ? "none" : "currentColor"}
        strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round"
      >
        {children}
      </svg>
    )
  }
}

export const RoomsIcon = icon(<><rect x="3" y="5" width="18" height="12" rx="2" /><path d="M8 21h8M10.5 9l4 2.2-4 2.2z" /></>)
export const ChartIcon = icon(<path d="M3 20h18M5 16l4.5-5 3.5 3 6-8" />)
export const StudioIcon = icon(<><rect x="9" y="3" width="6" height="11" rx="3" /><path d="M5 11a7 7 0 0 0 14 0M12 18v3M8.500 21h7" /></>)
export const AuditIcon = icon(<><circle cx="9" cy="8" r="3.500" /><path d="M3 19.500c.8-3 3-4.800 6-4.800 1.300 0 2.400.3 3.400.9M14 17.500l2.500 2.500 4.500-5" /></>)
export const SunIcon = icon(<><circle cx="12" cy="12" r="4" /><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6 7 7M17 17l1.4 1.4M5.6 18.4 7 17M17 7l1.4-1.4" /></>)
export const MoonIcon = icon(<path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" />)
export const UserIcon = icon(<><circle cx="12" cy="8" r="4" /><path d="M4.5 20.5c1.2-3.6 4-5.5 7.5-5.5s6.300 1.900 7.500 5.500" /></>)
export const CopyIcon = icon(<><rect x="9" y="9" width="11" height="11" rx="2" /><path d="M15 6V5a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h1" /></>)
export const CheckIcon = icon(<path d="M5 12.5 10 17.500 19.500 7" />)
export const KeyIcon = icon(<><circle cx="8" cy="15" r="4.500" /><path d="m11.500 11.500 8-8M16 7l3 3" /></>)
export const StopIcon = icon(<rect x="6" y="6" width="12" height="12" rx="2" />, true)
export const LinkIcon = icon(<path d="M14 4h6v6M20 4l-9 9M18 14v4a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h4" />)
export const LedgerIcon = icon(<path d="M6 3.500h10.500a2 2 0 0 1 2 2v15H7.500a2 2 0 0 1-2-2v-13a2 2 0 0 1 2-2M9.500 8h5M9.500 11.500h5M5.500 18.500a2 2 0 0 1 2-2h11" />)
export const EyeIcon = icon(<><path d="M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12z" /><circle cx="12" cy="12" r="3" /></>)
export const LockIcon = icon(<><rect x="5" y="11" width="14" height="9" rx="2" /><path d="M8 11V8a4 4 0 0 1 8 0v3" /></>)
export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />)
export const DownloadIcon = icon(<path d="M12 4v11M7.500 11 12 15.500 16.500 11M4 20h16" />)
export const ImportIcon = icon(<path d="M12 16V4M7.500 8.500 12 4l4.500 4.500M4 14v6h16v-6" />)
export const SearchIcon = icon(<><circle cx="11" cy="11" r="6.500" /><path d="m16 16 4.500 4.500" /></>)
export const PlayIcon = icon(<path d="M7 4.500v15l12.500-7.500z" />, true)
export const PauseIcon = icon(<path d="M6.500 5h4v14h-4zM13.500 5h4v14h-4z" />, true)
export const SoundIcon = icon(<path d="M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11" />)
export const MutedIcon = icon(<path d="M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM16 9.500l5 5M21 9.500l-5 5" />)
export const FullIcon = icon(<path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />)
export const HeartIcon = icon(<path d="M12 20.500S3.500 15.500 3.500 9.300A4.700 4.700 0 0 1 12 6.700a4.700 4.700 0 0 1 8.500 2.600c0 6.200-8.500 11.200-8.500 11.200z" />, true)
export const GearIcon = icon(<><path d="M4 7h9M17 7h3M4 17h3M11 17h9" /><circle cx="15" cy="7" r="2" /><circle cx="9" cy="17" r="2" /></>)
export const DanmakuIcon = icon(<><rect x="3" y="4" width="18" height="14" rx="3" /><path d="M8 9h8M6.500 13h6M9 21l3-3" /></>)
export const DanmakuOffIcon = icon(<><rect x="3" y="4" width="18" height="14" rx="3" /><path d="m4 20 16-17M9 21l3-3" /></>)
export const SendIcon = icon(<path d="M4 11.500 20 4l-4.500 16-4-6.500zM11.500 13.500 20 4" />)
export const DotsIcon = icon(<path d="M5 12h.01M12 12h.01M19 12h.01" />)
export const ClipIcon = icon(<><circle cx="6" cy="6.500" r="2.500" /><circle cx="6" cy="17.500" r="2.500" /><path d="M8.200 7.800 20 17M8.200 16.200 20 7" /></>)
export const StepBackIcon = icon(<path d="M17 5.500v13L8 12zM5.500 5.500v13" />)
export const StepIcon = icon(<path d="M7 5.500v13L16 12zM18.500 5.500v13" />)
export const TrashIcon = icon(<path d="M5 7h14M10 7V4.500h4V7M7 7l1 12.500h8L17 7M10.500 11v5M13.500 11v5" />)
export const SourcesIcon = icon(<><circle cx="5" cy="6" r="2" /><circle cx="5" cy="18" r="2" /><path d="M7 6h3.500c3 0 3 6 6 6H21M7 18h3.500c3 0 3-6 6-6M18.500 9.500 21 12l-2.500 2.500" /></>)
export const CollectIcon = icon(<><path d="M4 5h16l-6 7v6l-4 2v-8z" /></>)
export const RelayIcon = icon(<><circle cx="5" cy="12" r="2" /><path d="M7 12h5M12 12l6-6M12 12h7M12 12l6 6M15 5.500h3.500V9M16.500 9.500 19 12l-2.500 2.500M15 18.500h3.500V15" /></>)
export const ServersIcon = icon(<><rect x="4" y="4" width="16" height="7" rx="2" /><rect x="4" y="13" width="16" height="7" rx="2" /><path d="M7.500 7.500h.01M7.500 16.500h.01M11 7.500h5M11 16.500h5" /></>)
export const PulseIcon = icon(<path d="M3 12h4l2.5-7 4.500 14 2.500-7H21" />)
export const StaffIcon = icon(<><circle cx="9" cy="8" r="3.500" /><path d="M3 19.500c.8-3 3-4.800 6-4.800s5.200 1.800 6 4.800M15.500 5a3.500 3.500 0 0 1 0 6.500M17.500 15c2 .7 3.300 2.300 3.800 4.500" /></>)
export const LogIcon = icon(<path d="M6 3.500h9l4 4v13H6zM14.500 3.500V8H19M9.500 12h6M9.500 16h6" />)
export const BellIcon = icon(<path d="M18 16v-5a6 6 0 0 0-12 0v5l-2 2.500h16zM10 21h4" />)
export const HistoryIcon = icon(<><path d="M4.500 6.500v4h4M4.700 10.200A8 8 0 1 1 4 13.500" /><path d="M12 8.500V13l3 2" /></>)
export const FlagIcon = icon(<path d="M6 21V4M6 5c4-2.500 7 2.500 12 0v8.500c-5 2.500-8-2.500-12 0" />)
export const ShieldIcon = icon(<path d="M12 3.500 19 6v6c0 4.500-3 7.300-7 8.500-4-1.200-7-4-7-8.500V6zM8.500 12l2.500 2.500 4.500-5" />)
export const BookIcon = icon(<path d="M12 6.500C10 5 7.500 4.500 4 4.500v13c3.500 0 6 .5 8 2 2-1.500 4.500-2 8-2v-13c-3.500 0-6 .5-8 2zM12 6.500v13" />)
