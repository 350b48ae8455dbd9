import { Button, type ButtonProps } from "antd";
import { useNarrow } from "@ground/shell/useNarrow";

type Props = Omit<ButtonProps, "children" | "icon"> & { icon: NonNullable<ButtonProps["icon"]>; children: string };

/** A button beside the one that matters: on a phone its sign says it, and the words are read out. */
export function SideButton({ children, ...button }: Props) {
  const narrow = useNarrow();
  return narrow ? <Button {...button} aria-label={children} title={children} /> : <Button {...button}>{children}</Button>;
}
