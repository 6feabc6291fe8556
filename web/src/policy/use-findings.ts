import {
  type AccessAnalyzerClient,
  type Locale,
  type PolicyType,
  ValidatePolicyCommand,
  type ValidatePolicyFinding,
  type ValidatePolicyFindingType,
} from "@aws-sdk/client-accessanalyzer";
import { useEffect, useState } from "react";

import { useAccessAnalyzer } from "@/api/access-analyzer";
import { useI18n } from "@/i18n";

export interface Finding {
  kind: ValidatePolicyFindingType;
  code: string;
  words: string;
  /** From 1. */
  line: number;
  column: number;
}

export interface Findings {
  found: Finding[];
  /** Why nothing could be found out. */
  error?: unknown;
}

const WAIT = 400;

function findingOf(raw: ValidatePolicyFinding): Finding {
  const start = raw.locations?.[0]?.span?.start;
  return {
    kind: raw.findingType ?? "ERROR",
    code: raw.issueCode ?? "",
    words: raw.findingDetails ?? "",
    line: start?.line ?? 1,
    column: (start?.column ?? 0) + 1,
  };
}

async function validate(
  analyzer: AccessAnalyzerClient,
  policyDocument: string,
  type: PolicyType,
  locale: Locale,
): Promise<Finding[]> {
  const found: Finding[] = [];
  let nextToken: string | undefined;
  do {
    const trust = type === "RESOURCE_POLICY" && policyDocument.includes("sts:AssumeRole");
    const answer = await analyzer.send(
      new ValidatePolicyCommand({
        policyDocument,
        policyType: type,
        locale,
        nextToken,
        ...(trust && { validatePolicyResourceType: "AWS::IAM::AssumeRolePolicyDocument" }),
      }),
    );
    found.push(...(answer.findings ?? []).map(findingOf));
    nextToken = answer.nextToken;
  } while (nextToken !== undefined);
  return found;
}

/** What there is to say of a policy's text, asked a moment after it was last changed. */
export function useFindings(document: string, type: PolicyType): Findings {
  const analyzer = useAccessAnalyzer();
  const { language } = useI18n();
  const locale = language === "ko" ? "KO" : "EN";
  const [findings, setFindings] = useState<Findings>({ found: [] });
  useEffect(() => {
    let left = false;
    const timer = setTimeout(() => {
      validate(analyzer, document, type, locale).then(
        (found) => left || setFindings({ found }),
        (error: unknown) => left || setFindings({ found: [], error }),
      );
    }, WAIT);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [analyzer, document, type, locale]);
  return findings;
}
