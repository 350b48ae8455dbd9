import { CameraOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useRef, useState } from "react";
import type { Problem } from "@api";
import { send } from "@ground/api/useFiles";
import { useWords } from "@ground/i18n/Words";
import { ProblemLine } from "@ground/parts/ProblemView";
import css from "./field.module.css";

/** Takes photos and sends them to the ticket; the step is told of them once they are there. */
export function PhotoButton({ ticket, taken, onSent }: { ticket: string; taken: number; onSent: (files: string[]) => void }) {
  const { t } = useWords();
  const input = useRef<HTMLInputElement>(null);
  const [going, setGoing] = useState<number>();
  const [problem, setProblem] = useState<Problem>();
  const take = async (files: readonly File[]) => {
    setProblem(undefined);
    const done: string[] = [];
    for (const file of files) {
      const came = await send(ticket, file, (bytes) => setGoing(Math.round((100 * (done.length + bytes / file.size)) / files.length)));
      if ("code" in came) setProblem(came);
      else done.push(came.id);
    }
    setGoing(undefined);
    if (done.length > 0) onSent(done);
  };
  return (
    <div className={css.photos}>
      <input
        ref={input}
        type="file"
        accept="image/jpeg,image/png,image/webp"
        multiple
        hidden
        aria-label={t("field.photo_take")}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = "";
          if (files.length > 0) void take(files);
        }}
      />
      <Button className={css.big} icon={<CameraOutlined aria-hidden />} loading={going !== undefined} onClick={() => input.current?.click()}>
        {going === undefined ? t("field.photo_take") : t("field.photo_going", { percent: going })}
      </Button>
      <span className={taken > 0 ? "meta" : css.hint}>{t(taken > 0 ? "field.photo_count" : "field.photo_none", { count: taken })}</span>
      {problem && <ProblemLine problem={problem} />}
    </div>
  );
}
