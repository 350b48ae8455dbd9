/** Files, there and back. They pass beside the typed client: a file going up tells how far it has come, one coming down is kept by the browser. */
import { language } from "@ground/i18n/words";
import { homemade, isProblem, type Problem } from "./problem";

const speaking = () => (language() === "zh" ? "zh-CN" : "en");

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** What a server that was not understood comes to. */
const worded = (status: number, body: unknown): Problem => (isProblem(body) ? body : homemade(status === 0 ? "offline" : "odd_answer", status));

/** Sends a file as the whole body. `progress` hears shares from 0 to 1. Rejects with a problem. */
export function upload<T>(path: string, file: Blob, progress: (share: number) => void): Promise<T> {
  return new Promise((done, stop) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Accept-Language", speaking());
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
    const ended = () => {
      const body = parsed(request.responseText);
      if (request.status >= 200 && request.status < 300 && body !== null) done(body as T);
      else stop(worded(request.status, body));
    };
    request.addEventListener("load", ended);
    request.addEventListener("error", ended);
    request.send(file);
  });
}

/** Fetches a file and hands it to the browser to keep. Whether rows were left out because there were too many. Rejects with a problem. */
export async function download(path: string): Promise<{ leftOut: boolean }> {
  const answer = await fetch(path, { headers: { "Accept-Language": speaking() } }).catch(() => null);
  if (!answer?.ok) throw worded(answer?.status ?? 0, parsed((await answer?.text()) ?? ""));
  const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "table";
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
  return { leftOut: answer.headers.get("x-rows-left-out") === "true" };
}
