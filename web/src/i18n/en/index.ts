import { buckets } from "./buckets";
import { common } from "./common";
import { guide } from "./guide";
import { identities } from "./identities";
import { policies } from "./policies";
import { roles } from "./roles";
import { shell } from "./shell";
import { storage } from "./storage";

/** Every text of the console, by its key. */
export const en = { ...common, ...shell, ...guide, ...policies, ...identities, ...roles, ...storage, ...buckets };
