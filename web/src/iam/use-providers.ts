import { ListOpenIDConnectProvidersCommand, ListSAMLProvidersCommand } from "@aws-sdk/client-iam";

import { useIam } from "@/api/iam";
import { useLoad } from "@/api/load";

export interface Provider {
  kind: "web" | "saml";
  arn: string;
  created: Date | undefined;
}

/** The account's identity providers of both kinds. */
export function useProviders() {
  const iam = useIam();
  return useLoad("providers", async (): Promise<Provider[]> => {
    const [saml, web] = await Promise.all([
      iam.send(new ListSAMLProvidersCommand({})),
      iam.send(new ListOpenIDConnectProvidersCommand({})),
    ]);
    return [
      ...(saml.SAMLProviderList ?? []).map(({ Arn = "", CreateDate }) => ({
        kind: "saml" as const,
        arn: Arn,
        created: CreateDate,
      })),
      ...(web.OpenIDConnectProviderList ?? []).map(({ Arn = "" }) => ({
        kind: "web" as const,
        arn: Arn,
        created: undefined,
      })),
    ];
  });
}
