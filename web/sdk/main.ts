// The script as pages include it: `kaibo` on the window, sending to where the script came from.
import { create, type Kaibo } from "./kaibo"

const script = document.currentScript as HTMLScriptElement | null
const origin = script ? new URL(script.src).origin : location.origin
;(window as Window & { kaibo?: Kaibo }).kaibo ??= create(window, origin)
