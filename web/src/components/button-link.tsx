import Button, { type ButtonProps } from "@cloudscape-design/components/button";
import { useHref, useNavigate } from "react-router";

/** A button that leads to another page of the console. */
export function ButtonLink({ to, ...button }: ButtonProps & { to: string }) {
  const navigate = useNavigate();
  return (
    <Button
      {...button}
      href={useHref(to)}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(to);
      }}
    />
  );
}
