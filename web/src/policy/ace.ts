import "ace-builds/css/ace.css";
import "ace-builds/css/theme/cloud_editor.css";
import "ace-builds/css/theme/cloud_editor_dark.css";

import ace from "ace-builds";
import "ace-builds/src-noconflict/ext-language_tools";
import "ace-builds/src-noconflict/mode-json";
import "ace-builds/src-noconflict/theme-cloud_editor";
import "ace-builds/src-noconflict/theme-cloud_editor_dark";

import { GLOBAL_KEYS, LEVELS, OPERATORS, SERVICES } from "./catalogue";

// The pages' Content-Security-Policy allows no styles but the build's.
ace.config.set("useStrictCSP", true);
// The server checks policies; a worker of the editor's own would only know JSON.
ace.config.setDefaultValue("session", "useWorker", false);

interface LanguageTools {
  setCompleters: (completers: ace.Ace.Completer[]) => void;
}

const ELEMENTS = ["Version", "Id", "Statement", "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"];
const MORE_ELEMENTS = ["Resource", "NotResource", "Condition", "Allow", "Deny", "2012-10-17"];

function completion(value: string, meta: string): ace.Ace.Completion {
  return { caption: value, value, meta };
}

/** Everything that may stand in a policy about the offered services. */
const WORDS: ace.Ace.Completion[] = [
  ...[...ELEMENTS, ...MORE_ELEMENTS].map((word) => completion(word, "policy")),
  ...Object.entries(SERVICES).flatMap(([prefix, { actions, keys }]) => [
    completion(`${prefix}:*`, "action"),
    ...LEVELS.flatMap((level) => (actions[level] ?? []).map((name) => completion(`${prefix}:${name}`, level))),
    ...keys.map((key) => completion(key.replace(/\$?[<{].*$/, ""), "key")),
  ]),
  ...GLOBAL_KEYS.map((key) => completion(key, "key")),
  ...OPERATORS.map((operator) => completion(operator, "operator")),
];

const completer: ace.Ace.Completer = {
  identifierRegexps: [/[\w:*/-]/],
  getCompletions: (_editor, _session, _position, _prefix, answer) => answer(null, WORDS),
};

(ace.require("ace/ext/language_tools") as LanguageTools).setCompleters([completer]);

export { ace };
