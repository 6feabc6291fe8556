import { ListGroupsCommand, ListRolesCommand, ListUsersCommand } from "@aws-sdk/client-iam";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";

import { allPages } from "@/api/all-pages";
import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";
import { useText } from "@/i18n";

interface Props {
  value: string;
  onChange: (arn: string) => void;
}

/** A user, group or role of the account by its ARN; who may not list them can type it. */
export function PrincipalSelect({ value, onChange }: Props) {
  const text = useText();
  const iam = useIam();
  const MaxItems = 1000;
  const { value: found = [], loading } = useLoad("principals", async () => {
    const [users, groups, roles] = await Promise.all([
      allPages((Marker) => iam.send(new ListUsersCommand({ Marker, MaxItems })), ({ Users }) => Users),
      allPages((Marker) => iam.send(new ListGroupsCommand({ Marker, MaxItems })), ({ Groups }) => Groups),
      allPages((Marker) => iam.send(new ListRolesCommand({ Marker, MaxItems })), ({ Roles }) => Roles),
    ]);
    return [
      { label: text("nav.users"), options: users.map(({ Arn = "" }) => ({ value: Arn })) },
      { label: text("nav.groups"), options: groups.map(({ Arn = "" }) => ({ value: Arn })) },
      { label: text("nav.roles"), options: roles.map(({ Arn = "" }) => ({ value: Arn })) },
    ];
  });
  return (
    <FormField label={text("test.principal")}>
      <Autosuggest
        value={value}
        options={found}
        ariaLabel={text("test.principal")}
        statusType={loading ? "loading" : "finished"}
        virtualScroll
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
