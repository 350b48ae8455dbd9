import { Button } from "antd";
import { useEffect, useRef, type PointerEvent } from "react";
import { useWords } from "@ground/i18n/Words";
import css from "./field.module.css";

export type Stroke = [x: number, y: number][];

/** Points nearer than this add nothing to a line but bytes. */
const NEAR = 3;

/** What a signature must have at least, as the server counts it: points that differ, and pixels of line. */
const LEAST_POINTS = 4;
const LEAST_LENGTH = 40;

/** Whether the lines are somebody's hand and not a dot or a dash. */
export function isDrawn(strokes: readonly Stroke[]): boolean {
  const points = new Set(strokes.flat().map(([x, y]) => `${x} ${y}`));
  const length = strokes.reduce((sum, stroke) => sum + stroke.slice(1).reduce((line, [x, y], i) => line + Math.hypot(x - stroke[i]![0], y - stroke[i]![1]), 0), 0);
  return points.size >= LEAST_POINTS && length >= LEAST_LENGTH;
}

/** A field to sign in with a finger or a mouse. What is kept is the lines, not a picture. */
export function SignaturePad({ strokes, onChange }: { strokes: Stroke[]; onChange: (strokes: Stroke[]) => void }) {
  const { t } = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const line = useRef<Stroke | null>(null);

  useEffect(() => {
    const pad = canvas.current;
    const pen = pad?.getContext("2d");
    if (!pad || !pen) return;
    const scale = window.devicePixelRatio;
    const { width, height } = pad.getBoundingClientRect();
    [pad.width, pad.height] = [width * scale, height * scale];
    pen.scale(scale, scale);
    pen.lineWidth = 2.5;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = getComputedStyle(pad).color;
    for (const stroke of strokes) draw(pen, stroke);
  }, [strokes]);

  const at = (event: PointerEvent): [number, number] => {
    const box = event.currentTarget.getBoundingClientRect();
    return [Math.round(event.clientX - box.left), Math.round(event.clientY - box.top)];
  };
  const down = (event: PointerEvent) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    line.current = [at(event)];
  };
  const move = (event: PointerEvent) => {
    const last = line.current?.at(-1);
    if (!last) return;
    const next = at(event);
    if (Math.hypot(next[0] - last[0], next[1] - last[1]) < NEAR) return;
    line.current?.push(next);
    const pen = canvas.current?.getContext("2d");
    if (pen) draw(pen, [last, next]);
  };
  const up = () => {
    const drawn = line.current;
    line.current = null;
    // A dot is kept as well: whoever only taps is told that it is too little, and not left before a button that does nothing.
    if (drawn) onChange([...strokes, drawn]);
  };

  return (
    <div className={css.padBox}>
      <canvas ref={canvas} className={css.pad} role="img" aria-label={t("field.signature")} onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={up} />
      <div className={css.padFoot}>
        {strokes.length > 0 && !isDrawn(strokes) ? (
          <span role="alert" className={css.hint}>
            {t("field.signature_small")}
          </span>
        ) : (
          <span className="meta">{t("field.signature_hint")}</span>
        )}
        <Button className={css.big} disabled={strokes.length === 0} onClick={() => onChange([])}>
          {t("field.signature_again")}
        </Button>
      </div>
    </div>
  );
}

function draw(pen: CanvasRenderingContext2D, stroke: Stroke) {
  pen.beginPath();
  stroke.forEach(([x, y], i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.stroke();
}
