import { CloseOutlined, FileOutlined, PaperClipOutlined, VideoCameraOutlined, AudioOutlined } from "@ant-design/icons";
import { Image, Progress } from "antd";
import { useWords } from "@ground/i18n/Words";
import type { FileFace, Going } from "@ground/api/useFiles";
import css from "./files.module.css";

export const addressOf = (file: FileFace) => `/api/v1/attachments/${file.id}`;
const isPicture = (file: FileFace) => file.width != null;
const faces = { mp3: AudioOutlined, m4a: AudioOutlined, mp4: VideoCameraOutlined } as const;

/** Files that came along with words: pictures small, to be opened large; everything else by name, to be saved. */
export function FileList({ files }: { files: readonly FileFace[] }) {
  const { t } = useWords();
  if (files.length === 0) return null;
  const pictures = files.filter(isPicture);
  const others = files.filter((file) => !isPicture(file));
  return (
    <div className={css.files} data-testid="files">
      {pictures.length > 0 && (
        <Image.PreviewGroup>
          {pictures.map((file) => (
            <Image key={file.id} src={addressOf(file)} alt={file.name} title={`${file.name} · ${size(file.bytes)}`} width={96} height={72} className={css.thumb} loading="lazy" />
          ))}
        </Image.PreviewGroup>
      )}
      {others.map((file) => {
        const Face = faces[file.kind as keyof typeof faces] ?? FileOutlined;
        return (
          <a key={file.id} href={addressOf(file)} download={file.name} className={css.file} title={t("file.save", { name: file.name })}>
            <Face aria-hidden /> <span className={css.name}>{file.name}</span> <span className="meta num">{size(file.bytes)}</span>
          </a>
        );
      })}
    </div>
  );
}

/** Files on their way, with how far they have come and what keeps one back. */
export function GoingList({ files, onRemove }: { files: readonly Going[]; onRemove: (key: string) => void }) {
  const { t } = useWords();
  if (files.length === 0) return null;
  const ready = files.filter((file) => file.done).length;
  return (
    <div className={css.going} data-testid="going">
      <span className="meta num">
        <PaperClipOutlined aria-hidden /> {t("file.ready", { ready, all: files.length })}
      </span>
      <ul>
        {files.map((file) => (
          <li key={file.key} data-problem={file.problem?.code}>
            <span className={css.name} title={file.name}>
              {file.name}
            </span>
            {file.problem ? (
              <span className={css.problem} role="alert">
                {file.problem.detail || t(`problem.${file.problem.code}` as "problem.page")}
              </span>
            ) : file.done ? (
              <span className="meta num">{size(file.bytes)}</span>
            ) : (
              <Progress percent={Math.round((100 * file.sent) / file.bytes)} size="small" className={css.progress} />
            )}
            <button type="button" className={css.remove} onClick={() => onRemove(file.key)} aria-label={t("file.remove", { name: file.name })} title={t("file.remove", { name: file.name })}>
              <CloseOutlined aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      <span className="meta">{t("file.mind")}</span>
    </div>
  );
}

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KiB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
