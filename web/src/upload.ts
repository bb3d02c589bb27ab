/// A file in parts of 1 MB; a part that fails is tried again, and the same part twice changes nothing.
import { CallError, call, part, putBytes, type Schemas } from "./api";

export const partBytes = 1_000_000;

export async function upload(file: File, progress: (share: number) => void, wait: (ms: number) => Promise<void> = (ms) => new Promise((then) => setTimeout(then, ms))): Promise<Schemas["Upload"]> {
  const open = await call<Schemas["Upload"]>("POST", "/api/uploads", { name: file.name.slice(0, 200), bytes: file.size });
  let state = open;
  for (let at = 0; at < file.size; at += partBytes) {
    for (let attempt = 0; ; ++attempt) {
      try {
        state = await putBytes<Schemas["Upload"]>(`/api/uploads/${part(open.upload)}/parts/${at}`, file.slice(at, at + partBytes));
        break;
      } catch (problem) {
        const passing = problem instanceof CallError && (problem.status === 0 || problem.status === 429 || problem.status >= 500);
        if (!passing || attempt >= 4) throw problem;
        await wait(500 * 2 ** attempt);
      }
    }
    progress(Math.min(1, (at + partBytes) / file.size));
  }
  return state;
}
