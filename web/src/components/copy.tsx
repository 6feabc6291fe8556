import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

import { useText } from "@/i18n";

import { Wrap } from "./wrap";

interface Props {
  value: string;
  /** Show no text beside the button. */
  icon?: boolean;
}

/** A text with a button that copies it. */
export function Copy({ value, icon = false }: Props) {
  const text = useText();
  const button = (
    <CopyToClipboard
      variant="icon"
      textToCopy={value}
      copyButtonAriaLabel={text("copy.label", { what: value })}
      copySuccessText={text("copy.done")}
      copyErrorText={text("copy.failed")}
    />
  );
  if (icon) return button;
  return (
    <span className="copy">
      {button}
      <Wrap>{value}</Wrap>
    </span>
  );
}
