import { useEffect, useRef, useState } from "react";
import { useWords } from "@ground/i18n/Words";
import css from "./field.module.css";
import { Sheet } from "./Sheet";

/** The browser's own reader of bar codes; not every browser has one, and TypeScript does not know it. */
type Detector = { detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]> };
type DetectorClass = new () => Detector;

const detector = () => (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;

export const canScan = () => detector() !== undefined && typeof navigator.mediaDevices?.getUserMedia === "function";

const LOOK_MS = 200;

/** The camera, until it has read something. */
export function Scanner({ onRead, onClose }: { onRead: (serial: string) => void; onClose: () => void }) {
  const { t } = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const [dark, setDark] = useState(false);
  const read = useRef(onRead);
  useEffect(() => {
    read.current = onRead;
  });
  useEffect(() => {
    const Reader = detector();
    if (!Reader) return;
    const reader = new Reader();
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const look = async () => {
      const seen = video.current ? await reader.detect(video.current).catch(() => []) : [];
      const serial = seen[0]?.rawValue.trim();
      if (over) return;
      if (serial) read.current(serial);
      else timer = setTimeout(() => void look(), LOOK_MS);
    };
    navigator.mediaDevices
      .getUserMedia({ video: { facingMode: "environment" } })
      .then(async (camera) => {
        stream = camera;
        if (over || !video.current) return camera.getTracks().forEach((track) => track.stop());
        video.current.srcObject = camera;
        await video.current.play();
        await look();
      })
      .catch(() => setDark(true));
    return () => {
      over = true;
      clearTimeout(timer);
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, []);
  return (
    <Sheet open title={t("field.scan_title")} onClose={onClose}>
      {dark ? <p className={css.plain}>{t("field.scan_dark")}</p> : <video ref={video} className={css.video} muted playsInline aria-label={t("field.scan_title")} />}
    </Sheet>
  );
}
